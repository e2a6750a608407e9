package io.distillstream.local.checkpoints;

import io.distillstream.avro.Checkpoint;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The committed checkpoints of a model that the topic still holds, by version. */
public final class CheckpointHistory {

  private CheckpointHistory() {}

  /** Reads the whole topic once; manifests are small. */
  public static NavigableMap<Long, Checkpoint> read(
      ClusterConnection cluster, Codec<Checkpoint> codec, String model)
      throws UndecodableRecordException {
    List<byte[]> manifests = new ArrayList<>();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(
          scan.whole(codec.topic()),
          record -> {
            if (model.equals(record.key())) {
              manifests.add(record.value());
            }
          });
    }
    NavigableMap<Long, Checkpoint> byVersion = new TreeMap<>();
    for (byte[] manifest : manifests) {
      Checkpoint checkpoint = codec.decode(manifest);
      byVersion.put(checkpoint.getVersion(), checkpoint);
    }
    return byVersion;
  }
}
