package io.distillstream.runtime;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.LoginRefusal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers once a second whether they are there, on a thread of its own: consumers and
 * producers keep an outage to themselves for as long as they are told to wait.
 */
final class ClusterProbe implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterProbe.class);

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int ANSWER_WITHIN_MILLIS = 4_000;

  private final ClusterConnection cluster;
  private final Admin admin;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "cluster-probe");
  private volatile boolean reachable = true;

  private ClusterProbe(ClusterConnection cluster, Admin admin) {
    this.cluster = cluster;
    this.admin = admin;
  }

  /** Begins to ask; until the first answer is missing the brokers count as there. */
  static ClusterProbe start(ClusterConnection cluster) {
    Map<String, Object> properties = cluster.adminProperties();
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MILLIS);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MILLIS);
    ClusterProbe probe = new ClusterProbe(cluster, Admin.create(properties));
    probe.thread.setDaemon(true);
    probe.thread.start();
    return probe;
  }

  /** Whether they answered when they were asked last. */
  boolean reachable() {
    return reachable;
  }

  private void run() {
    try {
      do {
        Optional<String> problem = ask();
        if (problem.isEmpty() != reachable) {
          log.warn("The Kafka cluster {}", problem.orElse("answers again"));
          reachable = problem.isEmpty();
        }
      } while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      log.debug("The probe ends", e);
    }
  }

  /** What keeps it from answering, as a clause; empty if it does. */
  private Optional<String> ask() throws InterruptedException {
    try {
      return admin.describeCluster().nodes().get().isEmpty()
          ? Optional.of("has no broker")
          : Optional.empty();
    } catch (ExecutionException e) {
      log.debug("No answer", e);
      return Optional.of(
          LoginRefusal.explain(cluster, e)
              .map(refusal -> "does not let this process in: " + refusal)
              .orElse("is away"));
    }
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    admin.close(Duration.ZERO);
  }
}
