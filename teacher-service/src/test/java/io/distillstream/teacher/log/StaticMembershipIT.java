package io.distillstream.teacher.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two processes of one instance name in a group of a real broker. */
@Timeout(60)
@ExtendWith(SharedCluster.class)
class StaticMembershipIT {

  private static final Pipeline PIPELINE = new Pipeline("membership-it");

  private final ClusterConnection connection;

  StaticMembershipIT(EmbeddedCluster cluster) {
    connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
  }

  @BeforeEach
  void install() {
    try (Admin admin = Admin.create(connection.adminProperties());
        WireFormat wire = new WireFormat(connection.registryUrl())) {
      TopicInstaller.install(admin, wire, PIPELINE);
    }
  }

  @Test
  void shouldTellWhoJoinedLast() {
    try (KafkaConsumer<String, byte[]> first = member("one");
        KafkaConsumer<String, byte[]> second = member("one")) {
      assertThat(membership(first.groupMetadata()).heldByAnother()).as("no group as yet").isFalse();

      ConsumerGroupMetadata before = join(first);
      assertThat(membership(before).heldByAnother()).isFalse();

      ConsumerGroupMetadata after = join(second);
      assertThat(membership(before).heldByAnother()).isTrue();
      assertThat(membership(after).heldByAnother()).isFalse();
    }
  }

  private StaticMembership membership(ConsumerGroupMetadata own) {
    return new StaticMembership(connection, () -> own);
  }

  private KafkaConsumer<String, byte[]> member(String instance) {
    Map<String, Object> properties = connection.consumerProperties("membership-it");
    properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(properties);
    consumer.subscribe(List.of(Topics.REQUESTS.in(PIPELINE)));
    return consumer;
  }

  /** Polls until it has partitions. */
  private static ConsumerGroupMetadata join(KafkaConsumer<String, byte[]> consumer) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              consumer.poll(Duration.ofMillis(100));
              return !consumer.assignment().isEmpty();
            });
    return consumer.groupMetadata();
  }
}
