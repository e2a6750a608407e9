package io.distillstream.joiner;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Outages;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits while the brokers are away, and no longer once it is closed. Thread-safe. */
final class OutagePause implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OutagePause.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final ClusterConnection cluster;
  private final CountDownLatch closed = new CountDownLatch(1);

  OutagePause(ClusterConnection cluster) {
    this.cluster = cluster;
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits a little. */
  void pause() {
    try {
      if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("Closed meanwhile");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  /** Waits until clients can be made: none can while no name of a broker can be resolved. */
  void awaitNames() {
    while (!namesResolve() && !isClosed()) {
      pause();
    }
  }

  private boolean namesResolve() {
    try {
      Admin.create(cluster.adminProperties()).close(Duration.ZERO);
      return true;
    } catch (KafkaException e) {
      log.debug("No client can be made", e);
      return !Outages.explain(e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
