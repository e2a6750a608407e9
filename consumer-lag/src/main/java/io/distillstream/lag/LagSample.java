package io.distillstream.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One measurement.
 *
 * @param at when it was complete
 * @param took how long it took
 * @param clusterId the cluster's own id
 * @param partitions every partition that a measured group reads, and those of the {@link
 *     GroupSelection#topics topics} that were asked for
 * @param groups the selected groups that exist, by id
 * @param expected lag on the {@link GroupSelection#inputs inputs} that were asked for, by group,
 *     whether or not the group exists
 */
public record LagSample(
    Instant at,
    Duration took,
    String clusterId,
    List<PartitionOffsets> partitions,
    List<GroupLag> groups,
    Map<String, Lag> expected) {

  /** Before the first measurement. */
  static final LagSample NONE =
      new LagSample(Instant.EPOCH, Duration.ZERO, "", List.of(), List.of(), Map.of());
}
