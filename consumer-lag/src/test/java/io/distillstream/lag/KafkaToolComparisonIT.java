package io.distillstream.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.lag.MeasuredCluster.Outcome;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The truth, what is measured here, and what Kafka's own tool says, in the situations of the table
 * in {@code docs/lag.md}. The truth is what a {@code read_committed} consumer gets that goes on
 * from the committed offset.
 */
@ExtendWith(SharedCluster.class)
class KafkaToolComparisonIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private EmbeddedCluster embedded;
  private MeasuredCluster cluster;

  @BeforeEach
  void connect(EmbeddedCluster embedded, TestInfo test) {
    this.embedded = embedded;
    cluster =
        new MeasuredCluster(
            embedded, test.getTestMethod().orElseThrow().getName(), MeasuredCluster.patient(1_000));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void shouldAgreeOnPlainRecords() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 10, 30);
    cluster.commit("g", in, 4);

    assertThat(figures(in)).isEqualTo(new Figures(6, 6, "6"));
  }

  @Test
  void shouldShowNothingBehindATransactionWhereTheToolShowsItsMarker() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 10, Outcome.COMMITTED);
    cluster.commit("g", in, 10);

    assertThat(figures(in)).isEqualTo(new Figures(0, 0, "1"));
  }

  @Test
  void shouldNotCountTheMarkersBetweenTransactions() {
    TopicPartition in = cluster.topic("in");
    for (int i = 0; i < 5; i++) {
      cluster.append(in, 1, Outcome.COMMITTED);
    }
    cluster.commit("g", in, 0);

    assertThat(figures(in)).isEqualTo(new Figures(5, 5, "10"));
  }

  @Test
  void shouldNotCountAbortedRecords() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 5, Outcome.COMMITTED);
    cluster.append(in, 7, Outcome.ABORTED);
    cluster.commit("g", in, 5);

    assertThat(figures(in)).isEqualTo(new Figures(0, 0, "9"));
  }

  @Test
  void shouldNotCountWhatAnOpenTransactionHides() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 3, 30);
    cluster.append(in, 4, Outcome.OPEN);
    cluster.commit("g", in, 3);

    assertThat(figures(in)).isEqualTo(new Figures(0, 0, "4"));
  }

  @Test
  void shouldCountFromTheBeginningWhatIsLeftAfterDeletion() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 10, 30);
    cluster.commit("g", in, 2);
    cluster.deleteRecords(in, 6);

    assertThat(figures(in)).isEqualTo(new Figures(4, 4, "8"));
    assertThat(cluster.lag("g").lost()).isEqualTo(4);
  }

  @Test
  void shouldCountAllForANewGroupOfWhichTheToolSaysNothing() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 5, 30);
    Consumer<String, String> member = cluster.member("g", "classic", in.topic());
    await().atMost(PATIENCE).until(() -> !member.poll(Duration.ofMillis(100)).isEmpty());

    assertThat(cluster.lag("g").records()).isEqualTo(5);
    assertThat(KafkaConsumerGroups.lag(embedded, cluster.id("g"), in)).isEqualTo("-");
  }

  @Test
  void shouldNotCountWhatCompactionHasRemoved() {
    TopicPartition in =
        cluster.topic(
            "in",
            1,
            Map.of(
                "cleanup.policy", "compact",
                "segment.ms", "100",
                "min.cleanable.dirty.ratio", "0.01"));
    cluster.append(in, 50, 60);
    cluster.commit("g", in, 0);
    // The clock of the first segment has run out, so these open another one.
    cluster.append(in, 2, 0);

    await().atMost(PATIENCE).until(() -> cluster.unread("g", in).records() == 3);

    assertThat(figures(in)).isEqualTo(new Figures(3, 3, "52"));
  }

  private record Figures(long truth, long measured, String tool) {}

  private Figures figures(TopicPartition in) {
    Lag truth = cluster.unread("g", in);
    Lag measured = cluster.lag("g");
    assertThat(measured.seconds()).isEqualTo(truth.seconds());
    assertThat(measured.exact()).isTrue();
    return new Figures(
        truth.records(),
        measured.records(),
        KafkaConsumerGroups.lag(embedded, cluster.id("g"), in));
  }
}
