package io.distillstream.local.checkpoints;

import io.distillstream.avro.Checkpoint;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The committed checkpoints of a model that the topic still holds, by version. */
public final class CheckpointHistory {
  private static final Logger log = LoggerFactory.getLogger(CheckpointHistory.class);

  private CheckpointHistory() {}

  /** Reads the whole topic once; manifests are small. What is no manifest is passed over. */
  public static NavigableMap<Long, Checkpoint> read(
      ClusterConnection cluster, Codec<Checkpoint> codec, String model) {
    NavigableMap<Long, Checkpoint> byVersion = new TreeMap<>();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(
          scan.whole(codec.topic()),
          record -> {
            if (model.equals(record.key())) {
              add(codec, record, byVersion);
            }
          });
    }
    return byVersion;
  }

  private static void add(
      Codec<Checkpoint> codec,
      ConsumerRecord<String, byte[]> record,
      NavigableMap<Long, Checkpoint> byVersion) {
    try {
      Checkpoint checkpoint = codec.decode(record.value());
      byVersion.put(checkpoint.getVersion(), checkpoint);
    } catch (UndecodableRecordException e) {
      log.debug("No manifest at offset {} of {}", record.offset(), record.topic(), e);
    }
  }
}
