package io.distillstream.monitor.view;

import io.distillstream.lag.GroupLag;
import io.distillstream.lag.Lag;
import java.util.Comparator;
import java.util.List;

/**
 * Lag by group and topic, for a page: partitions are counted and not listed, and of many rows those
 * are told that are held back or farthest behind.
 *
 * @param total rows that there are
 * @param rows at most {@value #MAX_ROWS}, by group and topic
 */
public record GroupTable(int total, List<Row> rows) {

  static final int MAX_ROWS = 100;

  /** Longer than transactions of the pipeline may take; the page's tables have the same bound. */
  private static final long HELD_BACK_SECONDS = 60;

  /**
   * A group on a topic.
   *
   * @param state of the group, as Kafka names it
   * @param members of the group at present
   * @param lag of all partitions together
   * @param heldBackSeconds of the partition that an open transaction has held back for longest;
   *     whole ones, so that transactions that are under way change nothing
   */
  public record Row(
      String group,
      String state,
      int members,
      String topic,
      int partitions,
      Lag lag,
      long heldBackSeconds) {}

  static GroupTable of(List<GroupLag> groups) {
    List<Row> all =
        groups.stream()
            .flatMap(group -> group.topics().stream().map(topic -> row(group, topic)))
            .toList();
    List<Row> farthest =
        all.stream()
            .sorted(
                Comparator.comparingLong((Row row) -> row.heldBackSeconds() / HELD_BACK_SECONDS)
                    .thenComparingLong(row -> row.lag().records())
                    .reversed())
            .limit(MAX_ROWS)
            .sorted(Comparator.comparing(Row::group).thenComparing(Row::topic))
            .toList();
    return new GroupTable(all.size(), farthest);
  }

  private static Row row(GroupLag group, GroupLag.Topic topic) {
    return new Row(
        group.group(),
        group.state(),
        group.members(),
        topic.topic(),
        topic.partitions().size(),
        topic.lag(),
        topic.partitions().stream()
            .mapToLong(partition -> (long) partition.heldBackSeconds())
            .max()
            .orElse(0));
  }
}
