package io.distillstream.quantizer;

import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.TopicInstaller;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the checkpoints of one model and publishes an 8-bit artifact of the newest one, if the
 * gate lets it pass. When it is behind, it skips to the newest checkpoint; the event times of
 * skipped and rejected ones travel with the next artifact.
 *
 * <p>Artifact, manifest and offsets are committed in one transaction, so a checkpoint is published
 * at most once and never by halves. Several instances may run; one works and the others stand by.
 */
public final class QuantizerService implements Service {
  private static final Logger log = LoggerFactory.getLogger(QuantizerService.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  private final QuantizerSettings settings;
  private final ServiceContext context;
  private final QuantizerMetrics metrics;
  private final Clock clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "quantizer");
  private volatile boolean connected;
  private volatile @Nullable QuantizerSession session;

  /** Borrows the context. */
  public QuantizerService(QuantizerSettings settings, ServiceContext context) {
    this(settings, context, Clock.systemUTC());
  }

  QuantizerService(QuantizerSettings settings, ServiceContext context, Clock clock) {
    this.settings = settings;
    this.context = context;
    this.clock = clock;
    this.metrics = new QuantizerMetrics(context.stage("quantizer"));
  }

  @Override
  public String name() {
    return "quantizer";
  }

  @Override
  public void start() {
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      TopicInstaller.install(admin, context.wire(), context.pipeline());
    }
    session = connect();
    connected = true;
    thread.start();
  }

  /** Whether it is connected and at work. */
  @Override
  public boolean healthy() {
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
    return new QuantizerSession(settings, context, metrics, clock);
  }

  private void run() {
    try {
      while (!isClosing()) {
        try (QuantizerSession open = session()) {
          connected = true;
          while (!isClosing()) {
            open.step();
          }
        } catch (KafkaException | RegistryUnavailableException | UncheckedIOException e) {
          if (!isClosing()) {
            log.error(
                "Quantizer of {} is cut off, connects again in {}",
                settings.model(),
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
