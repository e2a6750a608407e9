package io.distillstream.wire;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a topic begins whose old records its writers delete, {@link Topic.Cleanup#BY_WRITER}. Kafka
 * deletes from the start of a partition only. Borrows the client.
 */
public final class LogStart {

  private final Admin admin;
  private final String topic;

  public LogStart(Admin admin, String topic) {
    this.admin = admin;
    this.topic = topic;
  }

  /**
   * Partition to the offset before which no transaction is open. Asked for before what is wanted is
   * read, it protects records whose transaction is committed later.
   *
   * @throws KafkaException if the cluster refuses or does not answer
   */
  public Map<Integer, Long> stableEnds() {
    Map<Integer, Long> ends = new HashMap<>();
    for (TopicPartition partition : partitions()) {
      ends.put(
          partition.partition(),
          await(
                  admin
                      .listOffsets(
                          Map.of(partition, OffsetSpec.latest()),
                          new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                      .partitionResult(partition))
              .offset());
    }
    return ends;
  }

  /**
   * Deletes what lies before these offsets, but nothing at or behind the stable ends. Partitions
   * that the topic does not have are passed over: a record that no stage of ours wrote may name
   * any.
   *
   * @param from partition to the first offset to keep
   * @param stableEnds what {@link #stableEnds} gave before what is wanted was read
   * @throws KafkaException if the cluster refuses or does not answer
   */
  public void moveTo(Map<Integer, Long> from, Map<Integer, Long> stableEnds) {
    Map<Integer, Long> kept = new HashMap<>(from);
    kept.keySet().retainAll(stableEnds.keySet());
    kept.replaceAll(
        (partition, first) -> Math.min(first, requireNonNull(stableEnds.get(partition))));
    moveTo(kept);
  }

  /**
   * Deletes what lies before these offsets.
   *
   * @param from partition to the first offset to keep
   * @throws KafkaException if the cluster refuses or does not answer
   */
  public void moveTo(Map<Integer, Long> from) {
    Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
    from.forEach(
        (partition, offset) ->
            records.put(
                new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)));
    if (!records.isEmpty()) {
      await(admin.deleteRecords(records).all());
    }
  }

  private List<TopicPartition> partitions() {
    return await(admin.describeTopics(Set.of(topic)).allTopicNames()).values().stream()
        .flatMap(described -> described.partitions().stream())
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  private <T> T await(KafkaFuture<T> future) {
    return AdminAnswers.await(future, "Old records of " + topic + " cannot be deleted");
  }
}
