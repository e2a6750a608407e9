package io.distillstream.wire.scan;

import org.apache.kafka.common.TopicPartition;

/**
 * Part of a partition.
 *
 * @param from first offset, inclusive; where retention has deleted it, the first one that is left
 * @param to last offset, exclusive
 */
public record Stretch(TopicPartition partition, long from, long to) {}
