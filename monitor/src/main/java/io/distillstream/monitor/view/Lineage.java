package io.distillstream.monitor.view;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.Restored;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a version was made from, as its checkpoint says.
 *
 * @param parent the version whose state it continues; 0 for a fresh start
 * @param teachers whose answers it learned, with the newest version seen of each
 * @param partitions of {@code training-examples} that it learned from since its parent
 * @param records offsets of these partitions that were dealt with since its parent
 * @param offsets these, by partition, at most {@value #MAX_RANGES} of them
 * @param instead the version that was the newest until this one was restored in its stead; null for
 *     others
 */
public record Lineage(
    long version,
    long parent,
    long steps,
    long recordsTrained,
    Map<String, String> teachers,
    int partitions,
    long records,
    List<Range> offsets,
    @Nullable Long instead,
    String createdAt) {

  static final int MAX_RANGES = 32;

  /** From inclusive, to exclusive. */
  public record Range(int partition, long from, long to) {}

  static Lineage of(Checkpoint checkpoint) {
    List<OffsetRange> ranges = checkpoint.getOffsets();
    Restored restored = checkpoint.getRestored();
    return new Lineage(
        checkpoint.getVersion(),
        checkpoint.getParentVersion(),
        checkpoint.getSteps(),
        checkpoint.getRecordsTrained(),
        new TreeMap<>(checkpoint.getTeacherVersions()),
        ranges.size(),
        ranges.stream().mapToLong(range -> range.getToOffset() - range.getFromOffset()).sum(),
        ranges.stream()
            .limit(MAX_RANGES)
            .map(
                range ->
                    new Range(range.getPartition(), range.getFromOffset(), range.getToOffset()))
            .toList(),
        restored == null ? null : restored.getNewestVersion(),
        checkpoint.getCreatedAt().toString());
  }
}
