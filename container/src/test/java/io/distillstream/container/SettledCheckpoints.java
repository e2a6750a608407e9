package io.distillstream.container;

import io.distillstream.chaos.watch.CommittedOutput;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the quantizer has settled the checkpoints: it has published them, or refused what is no
 * better than what devices run, or left them out for a newer one.
 */
final class SettledCheckpoints implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SettledCheckpoints.class);

  private final Admin admin;
  private final String group;
  private long newest;

  SettledCheckpoints(ClusterConnection cluster, Pipeline pipeline) {
    admin = Admin.create(cluster.adminProperties());
    group = ConsumerGroups.quantizer(pipeline, CommittedOutput.MODEL, "stable");
  }

  /** Committed offsets, summed; what was last known of them where the brokers do not answer. */
  long count() throws InterruptedException {
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get(5, TimeUnit.SECONDS);
      newest =
          committed.values().stream()
              .filter(Objects::nonNull)
              .mapToLong(OffsetAndMetadata::offset)
              .sum();
    } catch (ExecutionException | TimeoutException e) {
      log.debug("The brokers do not answer", e);
    }
    return newest;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
