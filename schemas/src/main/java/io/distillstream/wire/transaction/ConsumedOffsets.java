package io.distillstream.wire.transaction;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a group is done with what it reads, to be committed with the records made of it.
 *
 * @param next the offset to be read next, by partition; nothing is sent where it is empty
 */
public record ConsumedOffsets(
    Map<TopicPartition, OffsetAndMetadata> next, ConsumerGroupMetadata group) {

  public ConsumedOffsets {
    next = Map.copyOf(next);
  }
}
