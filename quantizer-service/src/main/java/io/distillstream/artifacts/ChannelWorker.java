package io.distillstream.artifacts;

import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.transaction.TransactionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes one model on one channel, on a thread of its own. What fails there is tried again and
 * holds up no other channel.
 */
final class ChannelWorker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChannelWorker.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  private final QuantizerSettings settings;
  private final ServiceContext context;
  private final QuantizerMetrics metrics;
  private final Clock clock;
  private final ProducerFactory producers;
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
    return connected && thread.isAlive();
  }

  /** Waits for the checkpoint in hand, if any, to be settled. */
  @Override
  public void close() {
    closing.countDown();
    QuantizerSession open = session;
    if (open != null) {
      open.wakeUp();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private QuantizerSession connect() {
    return new QuantizerSession(settings, context, metrics, clock, producers);
  }

  private void run() {
    try {
      while (!isClosing()) {
        try (QuantizerSession open = session()) {
          connected = true;
          while (!isClosing()) {
            open.step();
          }
        } catch (KafkaException
            | ClusterUnavailableException
            | RegistryUnavailableException
            | TransactionException
            | IOException
            | UncheckedIOException e) {
          if (!isClosing()) {
            log.error(
                "Quantizer of {} is cut off, connects again in {}",
                settings.updateKey(),
                PAUSE_AFTER_FAILURE,
                e);
          }
        }
        connected = false;
        session = null;
        pause();
      }
    } finally {
      connected = false;
    }
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

  private void pause() {
    try {
      if (closing.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("Closing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing.countDown();
    }
  }
}
