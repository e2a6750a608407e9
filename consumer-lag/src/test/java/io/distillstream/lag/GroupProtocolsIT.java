package io.distillstream.lag;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.lag.GroupLag.Partition;
import io.distillstream.lag.MeasuredCluster.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups that are alive, by both protocols of consumers. */
@ExtendWith(SharedCluster.class)
class GroupProtocolsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void shouldFollowAGroupFromItsFirstMemberToItsEnd(String protocol, EmbeddedCluster embedded) {
    try (MeasuredCluster cluster =
        new MeasuredCluster(embedded, "life-" + protocol, MeasuredCluster.patient(1_000))) {
      TopicPartition in = cluster.topic("in", 2, Map.of());
      cluster.append(in, 5, Outcome.COMMITTED);
      Consumer<String, String> member = cluster.member("g", protocol, in.topic());

      // It has been assigned everything and has committed nothing yet.
      int[] read = {0};
      await().atMost(PATIENCE).until(() -> (read[0] += member.poll(POLL).count()) == 5);
      GroupLag fresh = cluster.find("g").orElseThrow();
      assertThat(fresh.protocol()).isEqualTo(protocol);
      assertThat(fresh.state()).isEqualTo("Stable");
      assertThat(fresh.members()).isEqualTo(1);
      assertThat(fresh.lag().records()).isEqualTo(5);
      Partition first = fresh.topics().get(0).partitions().get(0);
      assertThat(first.committed()).isNull();
      assertThat(requireNonNull(first.member()).clientId()).startsWith(cluster.id("g"));
      assertThat(fresh.topics().get(0).partitions()).hasSize(2);

      member.commitSync();
      assertThat(cluster.lag("g")).isEqualTo(new Lag(0, 0.0, true, 0));

      // Nobody is left, and records come on a partition too on which nothing was ever committed.
      member.close();
      cluster.append(in, 2, 70);
      cluster.append(new TopicPartition(in.topic(), 1), 1, 80);
      GroupLag stopped = cluster.find("g").orElseThrow();
      assertThat(stopped.state()).isEqualTo("Empty");
      assertThat(stopped.lag()).isEqualTo(new Lag(3, 80.0, true, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void shouldNotMoveWithARebalance(String protocol, EmbeddedCluster embedded) {
    try (MeasuredCluster cluster =
        new MeasuredCluster(embedded, "rebalance-" + protocol, MeasuredCluster.patient(1_000))) {
      TopicPartition in = cluster.topic("in", 4, Map.of());
      for (int partition = 0; partition < 4; partition++) {
        cluster.append(new TopicPartition(in.topic(), partition), 3, 30);
      }
      Consumer<String, String> first = cluster.member("g", protocol, in.topic());
      Consumer<String, String> second = cluster.member("g", protocol, in.topic());
      Set<Lag> seen = new HashSet<>();

      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                first.poll(POLL);
                second.poll(POLL);
                cluster
                    .find("g")
                    .filter(group -> !group.topics().isEmpty())
                    .ifPresent(group -> seen.add(group.lag()));
                return first.assignment().size() == 2 && second.assignment().size() == 2;
              });
      // They have been told of it, too.
      first.poll(POLL);
      second.poll(POLL);
      GroupLag shared = cluster.find("g").orElseThrow();

      assertThat(shared.members()).isEqualTo(2);
      seen.add(shared.lag());
      assertThat(seen).containsExactly(new Lag(12, 30.0, true, 0));
      List<Partition> partitions = shared.topics().get(0).partitions();
      assertThat(partitions.stream().map(Partition::member).distinct()).hasSize(2);
    }
  }
}
