package io.distillstream.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.lag.GroupLag.Partition;
import io.distillstream.lag.MeasuredCluster.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications of Kafka Streams, by both protocols. */
@ExtendWith(SharedCluster.class)
class StreamsGroupIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(strings = {"classic", "streams"})
  void shouldMeasureAnApplication(String protocol, EmbeddedCluster embedded) {
    try (MeasuredCluster cluster =
        new MeasuredCluster(embedded, "app-" + protocol, MeasuredCluster.patient(1_000))) {
      TopicPartition in = cluster.topic("in", 2, Map.of());
      cluster.append(in, 5, Outcome.COMMITTED);

      try (KafkaStreams application =
          application(embedded, cluster.id("g"), in.topic(), protocol)) {
        application.start();
        await()
            .atMost(PATIENCE)
            .until(() -> cluster.find("g").filter(StreamsGroupIT::hasCommitted).isPresent());
        GroupLag group = cluster.find("g").orElseThrow();
        assertThat(group.lag()).isEqualTo(new Lag(0, 0.0, true, 0));
        assertThat(group.protocol()).isEqualTo(protocol);
        assertThat(group.members()).isEqualTo(1);
        assertThat(group.topics()).hasSize(1);
        assertThat(group.topics().get(0).partitions())
            .hasSize(2)
            .allMatch(partition -> partition.member() != null);
      }

      cluster.append(in, 3, 45);
      assertThat(cluster.lag("g")).isEqualTo(new Lag(3, 45.0, true, 0));
    }
  }

  private static boolean hasCommitted(GroupLag group) {
    return group.topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(Partition::committed)
        .anyMatch(committed -> committed != null && committed >= 5);
  }

  private static KafkaStreams application(
      EmbeddedCluster embedded, String id, String topic, String protocol) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(topic, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .foreach((key, value) -> {});
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, embedded.bootstrapServers());
    properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, protocol);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    return new KafkaStreams(builder.build(), properties);
  }
}
