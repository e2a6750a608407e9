package io.distillstream.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.lag.GroupLag.Partition;
import io.distillstream.lag.MeasuredCluster.OpenTransaction;
import io.distillstream.lag.MeasuredCluster.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** What groups still have to read on a real broker, where the records are known. */
@ExtendWith(SharedCluster.class)
class GroupLagIT {

  private MeasuredCluster cluster;

  @BeforeEach
  void connect(EmbeddedCluster embedded, TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName();
    cluster = new MeasuredCluster(embedded, name, MeasuredCluster.patient(20));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void shouldTellRecordsAndAgeByPartition() {
    TopicPartition first = cluster.topic("in", 2, Map.of());
    TopicPartition second = new TopicPartition(first.topic(), 1);
    cluster.append(first, 4, 90);
    cluster.append(first, 3, 30);
    cluster.append(second, 5, 10);
    cluster.commit("g", first, 4);
    cluster.commit("g", second, 0);

    GroupLag group = cluster.find("g").orElseThrow();

    assertThat(group.lag()).isEqualTo(new Lag(8, 30.0, true, 0));
    assertThat(group.state()).isEqualTo("Empty");
    assertThat(group.members()).isZero();
    List<Partition> partitions = group.topics().get(0).partitions();
    assertThat(partitions.get(0))
        .isEqualTo(new Partition(0, 0, 7, 0, 4L, new Lag(3, 30.0, true, 0), null));
    assertThat(partitions.get(1).lag()).isEqualTo(new Lag(5, 10.0, true, 0));
  }

  @Test
  void shouldShowNothingForAGroupThatHasReadEverything() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 5, Outcome.COMMITTED);
    cluster.append(in, 7, Outcome.ABORTED);
    cluster.append(in, 2, Outcome.OPEN);
    // Behind the last committed record come its marker, an aborted transaction and an open one.
    cluster.commit("g", in, 5);

    assertThat(cluster.lag("g")).isEqualTo(new Lag(0, 0.0, true, 0));
  }

  @Test
  void shouldLeaveMarkersAndAbortedRecordsOut() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 2, Outcome.ABORTED);
    cluster.append(in, 3, Outcome.COMMITTED);
    cluster.append(in, 2, Outcome.ABORTED);
    cluster.append(in, 4, Outcome.COMMITTED);
    cluster.commit("g", in, 1);

    assertThat(cluster.lag("g").records()).isEqualTo(7);
  }

  @Test
  void shouldFollowAGroupFromMeasurementToMeasurement() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 6, 60);
    cluster.commit("g", in, 0);
    assertThat(cluster.lag("g")).isEqualTo(new Lag(6, 60.0, true, 0));

    cluster.append(in, 3, 20);
    cluster.commit("g", in, 5);
    assertThat(cluster.lag("g")).isEqualTo(new Lag(4, 60.0, true, 0));

    cluster.commit("g", in, 6);
    assertThat(cluster.lag("g")).isEqualTo(new Lag(3, 20.0, true, 0));
  }

  @Test
  void shouldLetAStoppedGroupAge() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 1, 40);
    cluster.commit("stopped", in, 0);
    cluster.commit("done", in, 1);
    assertThat(cluster.lag("stopped").seconds()).isEqualTo(40);

    cluster.clock.advance(Duration.ofHours(3));

    assertThat(cluster.lag("stopped").seconds()).isEqualTo(3 * 3_600 + 40);
    assertThat(cluster.lag("done").seconds()).isZero();
  }

  @Test
  void shouldNotBeAheadOfTimeForRecordsOfTheFuture() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 1, -600);
    cluster.commit("g", in, 0);

    assertThat(cluster.lag("g")).isEqualTo(new Lag(1, 0.0, true, 0));
  }

  @Test
  void shouldGiveAnUpperBoundForLargeGaps() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 1, 50);
    cluster.append(in, 5_000, Outcome.COMMITTED);
    cluster.append(in, 500, Outcome.ABORTED);
    cluster.commit("g", in, 0);

    Lag lag = cluster.lag("g");

    // 5,001 records, two markers and 500 aborted records.
    assertThat(lag.exact()).isFalse();
    assertThat(lag.records()).isBetween(5_001L, 5_503L);
    assertThat(lag.seconds()).isEqualTo(50);
  }

  @Test
  void shouldGoOnReadingAtTheNextMeasurement(EmbeddedCluster embedded) {
    LagBounds oneFetch = new LagBounds(10_000, 1, Duration.ofSeconds(10));
    try (MeasuredCluster bounded = new MeasuredCluster(embedded, "bounded", oneFetch)) {
      TopicPartition in = bounded.topic("in");
      bounded.append(in, 5_000, Outcome.COMMITTED);
      bounded.append(in, 7, Outcome.ABORTED);
      bounded.commit("g", in, 0);

      Lag first = bounded.lag("g");
      Lag last = first;
      for (int i = 0; i < 100 && !last.exact(); i++) {
        last = bounded.lag("g");
      }

      // 5,000 records, two markers and seven aborted records.
      assertThat(first).isEqualTo(new Lag(5_009, 0.0, false, 0));
      assertThat(last).isEqualTo(new Lag(5_000, 0.0, true, 0));
    }
  }

  @Test
  void shouldSayWhatWasDeletedUnread() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 6, 60);
    cluster.append(in, 4, 30);
    cluster.commit("g", in, 2);
    cluster.deleteRecords(in, 6);

    assertThat(cluster.lag("g")).isEqualTo(new Lag(4, 30.0, true, 4));
  }

  @Test
  void shouldLoseNothingWhereWhatIsDeletedWasRead() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 6, Outcome.COMMITTED);
    cluster.commit("g", in, 6);
    assertThat(cluster.lag("g").records()).isZero();

    // As retention does with an idle topic: the marker goes, too.
    cluster.deleteRecords(in, 7);

    assertThat(cluster.lag("g")).isEqualTo(new Lag(0, 0.0, true, 0));
  }

  @Test
  void shouldCountEverythingForAnExpectedGroupThatIsNotThere() {
    TopicPartition in = cluster.topic("expected", 2, Map.of());
    cluster.append(in, 3, Outcome.COMMITTED);

    LagSample sample = cluster.meter.measure();

    assertThat(sample.expected())
        .isEqualTo(Map.of(cluster.id("expected"), new Lag(3, 0.0, true, 0)));
    assertThat(sample.groups()).isEmpty();
    assertThat(sample.partitions())
        .containsExactly(
            new PartitionOffsets(in.topic(), 0, 0, 4, 0),
            new PartitionOffsets(in.topic(), 1, 0, 0, 0));
  }

  @Test
  void shouldTellHowLongATransactionThatDoesNotEndHoldsReadersBack() {
    TopicPartition in = cluster.topic("in");
    TopicPartition unread = cluster.topic("unread");
    cluster.append(in, 3, Outcome.COMMITTED);
    cluster.commit("g", in, 4);
    cluster.append(unread, 1, Outcome.COMMITTED);
    assertThat(cluster.meter.measure().partitions())
        .hasSize(2)
        .allMatch(ends -> ends.heldBackSeconds() == 0);

    OpenTransaction open = cluster.appendOpen(in, 2);
    cluster.append(unread, 2, Outcome.OPEN);
    assertThat(cluster.meter.measure().partitions()).allMatch(ends -> ends.heldBackSeconds() == 0);
    cluster.clock.advance(Duration.ofMinutes(5));
    // Behind the open one, so that nobody is to read it.
    cluster.append(in, 4, Outcome.COMMITTED);

    assertThat(cluster.meter.measure().partitions())
        .containsExactly(
            new PartitionOffsets(in.topic(), 0, 0, 4, 300),
            new PartitionOffsets(unread.topic(), 0, 0, 2, 300));
    assertThat(cluster.find("g").orElseThrow().topics().get(0).partitions().get(0))
        .isEqualTo(new Partition(0, 0, 4, 300, 4L, new Lag(0, 0.0, true, 0), null));

    open.end(Outcome.COMMITTED);
    assertThat(cluster.find("g").orElseThrow().topics().get(0).partitions().get(0))
        .satisfies(
            partition -> {
              assertThat(partition.heldBackSeconds()).isZero();
              assertThat(partition.lag().records()).isEqualTo(6);
            });
  }

  @Test
  void shouldForgetAGroupThatIsGone() {
    TopicPartition in = cluster.topic("in");
    cluster.append(in, 1, 0);
    cluster.commit("g", in, 0);
    assertThat(cluster.find("g")).isPresent();

    cluster.deleteGroup("g");

    assertThat(cluster.find("g")).isEmpty();
  }

  @Test
  void shouldShowNothingOnAnEmptyTopic() {
    TopicPartition in = cluster.topic("in");
    cluster.commit("g", in, 0);

    assertThat(cluster.lag("g")).isEqualTo(new Lag(0, 0.0, true, 0));
  }
}
