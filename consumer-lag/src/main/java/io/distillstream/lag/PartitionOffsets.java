package io.distillstream.lag;

/**
 * The ends of a partition.
 *
 * @param earliest first offset that is left
 * @param latest last stable offset: where a {@code read_committed} reader ends
 * @param heldBackSeconds how long at least an open transaction has kept such readers there; 0 where
 *     none is open
 */
public record PartitionOffsets(
    String topic, int partition, long earliest, long latest, double heldBackSeconds) {}
