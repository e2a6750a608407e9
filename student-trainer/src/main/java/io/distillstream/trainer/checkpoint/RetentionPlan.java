package io.distillstream.trainer.checkpoint;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What can go. Kafka deletes records only from the start of a partition, and all models of a
 * pipeline share the partitions, so everything before the first wanted checkpoint of <em>any</em>
 * model goes. Where little that is wanted stands before much that is not, such as a protected
 * version or the last checkpoint of a model that nobody trains any more, that little is sent again
 * to the end of the log and stands in the way no longer.
 *
 * @param manifestsFrom partition of the checkpoints topic to the first offset to keep
 * @param blobsFrom partition of the blobs topic to the first offset to keep
 * @param carry what to send again, oldest first
 */
public record RetentionPlan(
    Map<Integer, Long> manifestsFrom, Map<Integer, Long> blobsFrom, List<StoredCheckpoint> carry) {

  /** Sending a checkpoint again must free this many times its size. */
  private static final int WORTH_FACTOR = 4;

  /**
   * The plan for the log as it is.
   *
   * @param stored every committed manifest, in the order of each partition
   * @param wanted versions of this trainer's own model; of the others their newest manifest says
   * @param worthBytes nothing is sent again to free less
   */
  public static RetentionPlan of(
      Collection<StoredCheckpoint> stored, String model, Set<Long> wanted, long worthBytes) {
    Map<String, Set<Long>> wantedByModel = wantedByModel(stored);
    wantedByModel.put(model, wanted);
    Map<List<Object>, StoredCheckpoint> needed = new HashMap<>();
    for (StoredCheckpoint checkpoint : stored) {
      Set<Long> versions = wantedByModel.getOrDefault(checkpoint.model(), Set.of());
      if (versions.isEmpty() || versions.contains(checkpoint.version())) {
        // Of a checkpoint that was sent again only the last one counts.
        needed.put(List.of(checkpoint.model(), checkpoint.version()), checkpoint);
      }
    }
    Map<Integer, Long> manifestsFrom = new TreeMap<>();
    Map<Integer, Long> blobsFrom = new TreeMap<>();
    for (StoredCheckpoint checkpoint : needed.values()) {
      manifestsFrom.merge(checkpoint.partition(), checkpoint.offset(), Math::min);
      for (BlobRef blob :
          List.of(checkpoint.manifest().getState(), checkpoint.manifest().getOnnx())) {
        blobsFrom.merge(blob.getPartition(), blob.getFirstOffset(), Math::min);
      }
    }
    return new RetentionPlan(
        manifestsFrom, blobsFrom, carry(stored, new HashSet<>(needed.values()), worthBytes));
  }

  /** What the newest manifest of each model says. */
  private static Map<String, Set<Long>> wantedByModel(Collection<StoredCheckpoint> stored) {
    Map<String, Checkpoint> newest = new HashMap<>();
    for (StoredCheckpoint checkpoint : stored) {
      newest.merge(
          checkpoint.model(),
          checkpoint.manifest(),
          (one, other) -> other.getVersion() > one.getVersion() ? other : one);
    }
    Map<String, Set<Long>> wanted = new HashMap<>();
    newest.forEach(
        (model, manifest) -> wanted.put(model, Set.copyOf(manifest.getWantedVersions())));
    return wanted;
  }

  private static List<StoredCheckpoint> carry(
      Collection<StoredCheckpoint> stored, Set<StoredCheckpoint> needed, long worthBytes) {
    List<StoredCheckpoint> inOrder =
        stored.stream()
            .sorted(
                Comparator.comparingInt(StoredCheckpoint::partition)
                    .thenComparingLong(StoredCheckpoint::offset))
            .toList();
    List<StoredCheckpoint> carried = new ArrayList<>();
    long carriedBytes = 0;
    long freedBytes = 0;
    int partition = -1;
    for (StoredCheckpoint checkpoint : inOrder) {
      if (checkpoint.partition() != partition) {
        partition = checkpoint.partition();
        carried.clear();
        carriedBytes = 0;
        freedBytes = 0;
      }
      if (!needed.contains(checkpoint)) {
        // What nothing wanted stands before is free already.
        freedBytes += carried.isEmpty() ? 0 : checkpoint.sizeBytes();
      } else if (freedBytes >= Math.max(worthBytes, WORTH_FACTOR * carriedBytes)
          && !carried.isEmpty()) {
        return carried;
      } else {
        carried.add(checkpoint);
        carriedBytes += checkpoint.sizeBytes();
      }
    }
    // Up to here everything wanted would be moved: there is nothing newer that it stands before.
    return List.of();
  }
}
