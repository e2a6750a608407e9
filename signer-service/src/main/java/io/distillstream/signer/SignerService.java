package io.distillstream.signer;

import io.distillstream.foundation.Backoff;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageReporter;
import io.distillstream.tuf.repository.KeyException;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.transaction.FencedException;
import io.distillstream.wire.transaction.TransactionException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the pipeline's TUF repository, on a thread of its own. One a pipeline: a second one
 * fences the first, which ends. One whose transaction the brokers ended, since it took too long,
 * goes on. Where there is no repository it waits for one, since a pipeline does not have to sign.
 */
public final class SignerService implements Service {

  private static final Logger log = LoggerFactory.getLogger(SignerService.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final ServiceContext context;
  private final TrustFolder trust;
  private final Path trustFolder;
  private final Clock clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "signer");
  private volatile boolean cutOff;
  private boolean waiting;

  /** Borrows the context. */
  public SignerService(SignerSettings settings, ServiceContext context) {
    this(settings, context, Clock.systemUTC());
  }

  SignerService(SignerSettings settings, ServiceContext context, Clock clock) {
    this.context = context;
    this.trustFolder = settings.folder(context.dataFolder());
    this.trust = new TrustFolder(trustFolder);
    this.clock = clock;
  }

  @Override
  public String name() {
    return "signer";
  }

  @Override
  public void start() {
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      TopicInstaller.install(admin, context.wire(), context.pipeline());
    }
    thread.start();
  }

  @Override
  public boolean healthy() {
    return alive() && !cutOff && hindrance().isEmpty();
  }

  @Override
  public boolean alive() {
    return thread.isAlive();
  }

  @Override
  public Optional<String> hindrance() {
    return context.hindrance();
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Backoff pause = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    while (closing.getCount() > 0) {
      if (hasRepository() && context.disk().hasRoom()) {
        work(pause);
      }
      await(pause.next());
    }
  }

  private void work(Backoff pause) {
    try (SignerSession session =
        new SignerSession(context, trust, context.folder("signer"), clock)) {
      while (closing.getCount() > 0 && context.disk().hasRoom()) {
        session.step();
        pause.reset();
        cutOff = false;
      }
    } catch (FencedException e) {
      if (e.open().compareTo(context.cluster().transactionTimeout()) < 0) {
        log.error("Another signer of {} was started and took over", context.pipeline());
        context.stage(name()).note(StageReporter.FAILURE, "another signer took over");
        closing.countDown();
      } else {
        // As after an outage in the middle of a commit. Were there another, it ends now.
        cutOff(e);
      }
    } catch (TransactionException | KeyException | IOException | RuntimeException e) {
      // Whatever it is, it must not silence the signer for ever: everything would expire.
      cutOff(e);
    }
  }

  private void cutOff(Exception reason) {
    if (closing.getCount() > 0 && !cutOff) {
      log.warn("The signer is cut off and tries again: {}", String.valueOf(reason.getMessage()));
      cutOff = true;
    }
    log.debug("Cut off", reason);
  }

  private boolean hasRepository() {
    boolean there = trust.hasRepository();
    if (!there && !waiting) {
      log.info("Nothing is signed: there is no repository in {}; keys init makes it", trustFolder);
      waiting = true;
    }
    return there;
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
