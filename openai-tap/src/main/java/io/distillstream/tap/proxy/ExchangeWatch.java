package io.distillstream.tap.proxy;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again at the exchanges that are under way: whether their clients are still there,
 * and whether they get on. Owns a thread.
 */
public final class ExchangeWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ExchangeWatch.class);

  private static final long PERIOD_MILLIS = 250;

  private final long answerNanos;
  private final long silenceNanos;
  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread created = new Thread(task, "tap-watch");
            created.setDaemon(true);
            return created;
          });

  /**
   * @param answer how long an answer may take to begin
   * @param silence how long nothing of it may go on from upstream to the client
   */
  public ExchangeWatch(Duration answer, Duration silence) {
    this.answerNanos = answer.toNanos();
    this.silenceNanos = silence.toNanos();
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(Exchange exchange) {
    exchanges.add(exchange);
  }

  void remove(Exchange exchange) {
    exchanges.remove(exchange);
  }

  private void look() {
    for (Exchange exchange : exchanges) {
      try {
        exchange.look(answerNanos, silenceNanos);
      } catch (RuntimeException e) {
        // The others are still to be looked at, now and later.
        log.error("An exchange could not be looked at", e);
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
