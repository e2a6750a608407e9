package io.distillstream.monitor.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.lag.GroupLag;
import io.distillstream.lag.Lag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is turned into JSON anew, and how much of it there is. */
class SnapshotTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final PipelineView view =
      new PipelineView("demo", TestRecords.MODEL, Duration.ofMinutes(5), TestRecords.OBJECTIVE);

  @Test
  void shouldKeepTheTextOfWhatHasNotChanged() {
    view.checkpoint(TestRecords.checkpoint(1, 1_000, 0.7, 0.5));
    view.update(TestRecords.update(1, 1_000, 0.7, NOW));
    view.lags(Map.of(), List.of(group("audit", 4)));
    Snapshot first = Snapshot.of(view, NOW, null);

    Snapshot second = Snapshot.of(view, NOW.plusSeconds(1), first);

    assertThat(second.historyJson()).isSameAs(first.historyJson());
    assertThat(second.groupsJson()).isSameAs(first.groupsJson());
    assertThat(second.lineageJson()).isSameAs(first.lineageJson());
    assertThat(second.streamedJson()).isNotEqualTo(first.streamedJson());
  }

  @Test
  void shouldTellWhatHasChanged() {
    view.checkpoint(TestRecords.checkpoint(1, 1_000, 0.7, 0.5));
    Snapshot first = Snapshot.of(view, NOW, null);
    view.checkpoint(TestRecords.checkpoint(2, 2_000, 0.7, 0.5));
    view.event(TestRecords.refused(2, 2_000, 1, NOW));
    view.lags(Map.of(), List.of(group("audit", 1)));

    Snapshot second = Snapshot.of(view, NOW, first);

    assertThat(second.historyJson()).isNotEqualTo(first.historyJson());
    assertThat(second.groupsJson()).contains("audit").isNotEqualTo(first.groupsJson());
    assertThat(second.lineageJson()).contains("\"version\":2").isNotEqualTo(first.lineageJson());
  }

  @Test
  void shouldNotStreamEveryPartitionEachSecond() {
    view.lags(Map.of(), List.of(group("audit", 200)));

    Snapshot snapshot = Snapshot.of(view, NOW, null);

    assertThat(snapshot.statusJson()).contains("\"groups\":[", "\"partition\":199");
    assertThat(snapshot.streamedJson()).doesNotContain("groups", "audit");
    assertThat(snapshot.groupsJson())
        .isEqualTo(
            "{\"total\":1,\"rows\":[{\"group\":\"audit\",\"state\":\"Stable\",\"members\":1,"
                + "\"topic\":\"demo.requests\",\"partitions\":200,"
                + "\"lag\":{\"records\":400,\"seconds\":3.0,\"exact\":true,\"lost\":0},"
                + "\"held_back_seconds\":0}]}");
  }

  @Test
  void shouldKeepOfManyGroupsThoseFarthestBehind() {
    List<GroupLag> groups =
        IntStream.rangeClosed(1, 150).mapToObj(i -> group("g%03d".formatted(i), i)).toList();

    GroupTable table = GroupTable.of(groups);

    assertThat(table.total()).isEqualTo(150);
    assertThat(table.rows()).hasSize(100).extracting(GroupTable.Row::group).isSorted();
    assertThat(table.rows().get(0).group()).isEqualTo("g051");
  }

  @Test
  void shouldKeepThoseThatAnOpenTransactionHoldsBack() {
    List<GroupLag> groups =
        IntStream.rangeClosed(1, 150)
            .mapToObj(i -> group("g%03d".formatted(i), i, i == 7 ? 90.5 : 0.4))
            .toList();

    GroupTable table = GroupTable.of(groups);

    assertThat(table.rows()).hasSize(100);
    assertThat(table.rows().get(0).group()).isEqualTo("g007");
    assertThat(table.rows().get(0).heldBackSeconds()).isEqualTo(90);
    assertThat(table.rows().get(1).group()).isEqualTo("g052");
    assertThat(table.rows().get(1).heldBackSeconds()).isZero();
  }

  private static GroupLag group(String name, int partitions) {
    return group(name, partitions, 0);
  }

  private static GroupLag group(String name, int partitions, double heldBackSeconds) {
    List<GroupLag.Partition> each =
        IntStream.range(0, partitions)
            .mapToObj(
                p ->
                    new GroupLag.Partition(
                        p, 0, 12, heldBackSeconds, 10L, new Lag(2, 3.0, true, 0), null))
            .toList();
    GroupLag.Topic topic =
        new GroupLag.Topic("demo.requests", new Lag(2L * partitions, 3.0, true, 0), each);
    return new GroupLag(name, "consumer", "Stable", 1, topic.lag(), List.of(topic));
  }
}
