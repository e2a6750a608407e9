package io.distillstream.lag;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Asks brokers where partitions begin and end. Borrows the client. */
final class OffsetReader {

  private final Admin admin;

  OffsetReader(Admin admin) {
    this.admin = admin;
  }

  /** The topics of these names that exist. */
  Map<String, TopicDescription> topics(Set<String> names) {
    return names.isEmpty()
        ? Map.of()
        : Answers.present(admin.describeTopics(names).topicNameValues());
  }

  /** The first offsets that are left. */
  Map<TopicPartition, Long> earliest(Collection<TopicPartition> partitions) {
    return ask(partitions, OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
  }

  /** Where readers of committed records end. */
  Map<TopicPartition, Long> latest(Collection<TopicPartition> partitions) {
    return ask(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
  }

  /** Where readers end that also read what is open. */
  Map<TopicPartition, Long> highWatermarks(Collection<TopicPartition> partitions) {
    return ask(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
  }

  private Map<TopicPartition, Long> ask(
      Collection<TopicPartition> partitions, OffsetSpec what, IsolationLevel isolation) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
    partitions.forEach(partition -> specs.put(partition, what));
    ListOffsetsResult result = admin.listOffsets(specs, new ListOffsetsOptions(isolation));
    Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> futures = new HashMap<>();
    partitions.forEach(partition -> futures.put(partition, result.partitionResult(partition)));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Answers.present(futures)
        .forEach((partition, answer) -> offsets.put(partition, answer.offset()));
    return offsets;
  }
}
