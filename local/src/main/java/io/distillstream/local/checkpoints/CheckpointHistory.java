package io.distillstream.local.checkpoints;

import static java.util.Objects.requireNonNull;

import io.distillstream.avro.Checkpoint;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** The committed checkpoints of a model that the topic still holds, by version. */
public final class CheckpointHistory {

  private CheckpointHistory() {}

  /** Reads the whole topic once; manifests are small. */
  public static NavigableMap<Long, Checkpoint> read(
      ClusterConnection cluster, Codec<Checkpoint> codec, String model)
      throws UndecodableRecordException {
    NavigableMap<Long, Checkpoint> byVersion = new TreeMap<>();
    TopicPartition partition = new TopicPartition(codec.topic(), 0);
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (model.equals(record.key())) {
            Checkpoint checkpoint = codec.decode(record.value());
            byVersion.put(checkpoint.getVersion(), checkpoint);
          }
        }
      }
    }
    return byVersion;
  }
}
