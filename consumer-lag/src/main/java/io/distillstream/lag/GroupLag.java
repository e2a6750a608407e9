package io.distillstream.lag;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lag of one consumer group.
 *
 * @param group its id
 * @param protocol {@code classic}, {@code consumer} or {@code streams}
 * @param state as Kafka names it, such as {@code Stable} or {@code Empty}
 * @param members how many consumers are in it at present
 * @param lag of all topics together
 * @param topics what it reads, by name
 */
public record GroupLag(
    String group, String protocol, String state, int members, Lag lag, List<Topic> topics) {

  /**
   * One of its topics.
   *
   * @param lag of all partitions together
   */
  public record Topic(String topic, Lag lag, List<Partition> partitions) {

    Topic(String topic, List<Partition> partitions) {
      this(topic, Lag.sum(partitions.stream().map(Partition::lag).toList()), partitions);
    }
  }

  /**
   * One partition.
   *
   * @param earliest first offset that is left on the partition
   * @param latest last stable offset: where a {@code read_committed} reader ends
   * @param heldBackSeconds how long at least an open transaction has kept such readers there; 0
   *     where none is open
   * @param committed where the group goes on; null where it has committed nothing, and the whole
   *     partition counts as unread
   * @param member who reads it at present; null where nobody does
   */
  public record Partition(
      int partition,
      long earliest,
      long latest,
      double heldBackSeconds,
      @Nullable Long committed,
      Lag lag,
      @Nullable Member member) {}

  /** A consumer in the group. */
  public record Member(String consumerId, String clientId, String host) {}
}
