package io.distillstream.artifacts;

import io.distillstream.artifacts.signing.UpdateSigner;
import io.distillstream.foundation.Backoff;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.transaction.TransactionException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes one model on one channel, on a thread of its own. What fails there is tried again and
 * holds up no other channel.
 */
final class ChannelWorker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChannelWorker.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final QuantizerSettings settings;
  private final ServiceContext context;
  private final QuantizerMetrics metrics;
  private final Clock clock;
  private final ProducerFactory producers;
  private final UpdateSigner signer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean connected;
  private volatile @Nullable QuantizerSession session;

  /** Borrows the context. */
  ChannelWorker(
      QuantizerSettings settings,
      ServiceContext context,
      QuantizerMetrics metrics,
      Clock clock,
      ProducerFactory producers) {
    this.settings = settings;
    this.context = context;
    this.metrics = metrics;
    this.clock = clock;
    this.producers = producers;
    this.signer =
        new UpdateSigner(
            settings.model(), settings.channel(), settings.signing(), context.dataFolder(), clock);
    this.thread = new Thread(this::run, "quantizer-" + settings.channel());
  }

  /** Connects, and begins. */
  void start() {
    session = connect();
    connected = true;
    thread.start();
  }

  /** Whether it is connected and at work. */
  boolean healthy() {
    return connected && alive();
  }

  /** Whether it is at work, or will be again once it is connected. */
  boolean alive() {
    return thread.isAlive();
  }

  /**
   * Waits for the step in hand. A checkpoint that is not settled by then is taken up again at the
   * next start.
   */
  @Override
  public void close() {
    closing.countDown();
    QuantizerSession open = session;
    if (open != null) {
      open.end();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private QuantizerSession connect() {
    return new QuantizerSession(
        settings,
        context,
        metrics,
        () -> new UpdatePublisher(settings, context, clock, producers, signer));
  }

  private void run() {
    Backoff pause = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    while (!isClosing()) {
      if (!context.disk().hasRoom()) {
        await(LONGEST_PAUSE);
        continue;
      }
      try (QuantizerSession open = session()) {
        if (!connected) {
          log.info("Quantizer of {} is connected again", settings.updateKey());
          connected = true;
        }
        while (!isClosing() && context.disk().hasRoom()) {
          open.step();
          pause.reset();
        }
      } catch (TransactionException | IOException | RuntimeException e) {
        // Whatever it is, it must not silence the channel for ever.
        cutOff(e);
      }
      connected = false;
      session = null;
      await(pause.next());
    }
  }

  /** An outage is one line, however often it is tried to end it. */
  private void cutOff(Exception cause) {
    if (isClosing()) {
      return;
    }
    if (connected) {
      log.warn(
          "Quantizer of {} is cut off and tries again: {}", settings.updateKey(), cause.toString());
    }
    log.debug("Cut off", cause);
  }

  private QuantizerSession session() {
    QuantizerSession open = session;
    if (open == null) {
      open = connect();
      session = open;
    }
    return open;
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void await(Duration pause) {
    try {
      if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("Closing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing.countDown();
    }
  }
}
