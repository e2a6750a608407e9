package io.distillstream.trainer.checkpoint;

import io.distillstream.avro.Checkpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which checkpoints of a model are kept. The newest always is, and so is a version that a kept one
 * was restored from.
 *
 * @param count so many of the newest
 * @param age besides, all that are younger
 * @param protectedVersions besides, these for ever
 */
public record RetentionPolicy(int count, Duration age, Set<Long> protectedVersions) {

  public RetentionPolicy {
    if (count < 1 || age.isNegative()) {
      throw new IllegalArgumentException(
          "at least the newest is kept, got %d and %s".formatted(count, age));
    }
    protectedVersions = Set.copyOf(protectedVersions);
  }

  /**
   * The versions to keep.
   *
   * @param manifests of one model, in any order
   */
  public SortedSet<Long> wanted(Collection<Checkpoint> manifests, Instant now) {
    List<Checkpoint> newestFirst =
        manifests.stream()
            .sorted(Comparator.comparingLong(Checkpoint::getVersion).reversed())
            .toList();
    SortedSet<Long> wanted = new TreeSet<>();
    for (Checkpoint manifest : newestFirst) {
      boolean young = manifest.getCreatedAt().isAfter(now.minus(age));
      if (young || protectedVersions.contains(manifest.getVersion()) || wanted.size() < count) {
        wanted.add(manifest.getVersion());
      }
    }
    for (Checkpoint manifest : newestFirst) {
      if (wanted.contains(manifest.getVersion()) && Objects.nonNull(manifest.getRestored())) {
        wanted.add(manifest.getParentVersion());
      }
    }
    return wanted;
  }
}
