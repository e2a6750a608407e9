package io.distillstream.lag;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures lag every few seconds on a thread of its own, however often it is looked at.
 * Thread-safe.
 */
public final class LagCollector implements AutoCloseable {

  private static final String THREAD = "consumer-lag";

  /** Names of the threads that do the work: its own, and its client's for the network. */
  public static final List<String> THREADS =
      List.of(THREAD, "kafka-admin-client-thread | " + LagMeter.CLIENT_ID);

  private static final Logger log = LoggerFactory.getLogger(LagCollector.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final LagMeter meter;
  private final Duration period;
  private final Clock clock;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, THREAD);
            thread.setDaemon(true);
            return thread;
          });
  private volatile LagSample last = LagSample.NONE;

  private LagCollector(LagMeter meter, Duration period, Clock clock) {
    this.meter = meter;
    this.period = period;
    this.clock = clock;
  }

  /**
   * Begins to measure.
   *
   * @param meter transferred
   * @param period from the end of a measurement to the beginning of the next
   */
  public static LagCollector start(LagMeter meter, Duration period, Clock clock) {
    LagCollector collector = new LagCollector(meter, period, clock);
    collector.scheduler.scheduleWithFixedDelay(
        collector::measure, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    return collector;
  }

  /** The last measurement; an empty one before the first. */
  public LagSample last() {
    return last;
  }

  /** Whether the brokers answered lately. */
  public boolean fresh() {
    return last.at().plus(period).plus(PATIENCE).isAfter(clock.instant());
  }

  private void measure() {
    try {
      last = meter.measure();
    } catch (InterruptException e) {
      log.debug("Measuring ends", e);
    } catch (KafkaException e) {
      // That the figures are old shows; the next measurement is near.
      log.debug("Lag could not be measured", e);
    } catch (RuntimeException e) {
      log.error("Lag could not be measured", e);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
    try {
      // The meter's consumer is for one thread at a time.
      if (!scheduler.awaitTermination(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("A measurement of lag does not end");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    meter.close();
  }
}
