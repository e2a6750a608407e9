package io.distillstream.artifacts.retention;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.update.ManifestMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The artifacts that updates name. That of a channel's newest update stays, however old it is: a
 * device that joins wants it. One that was replaced stays for a while, for devices that are
 * fetching it. Not thread-safe.
 */
public final class NamedArtifacts {

  /** Sending an artifact again must free this many times its size. */
  private static final int WORTH_FACTOR = 4;

  private final Duration keepReplaced;
  private final long worthBytes;
  private final Map<String, ModelUpdate> newest = new TreeMap<>();
  private final List<Replaced> replaced = new ArrayList<>();

  private record Replaced(ModelUpdate update, Instant at) {}

  /** A blob that is wanted; {@code replaced} is null for those of a channel's newest update. */
  private record Wanted(ModelUpdate update, BlobRef blob, @Nullable Instant replaced) {}

  /**
   * What to do.
   *
   * @param blobsFrom partition to the first offset to keep
   * @param inTheWay newest updates whose artifacts stand before much that can go: once they are
   *     sent again to the end of the log, a later plan frees that; in the order of the log
   */
  public record Plan(Map<Integer, Long> blobsFrom, List<ModelUpdate> inTheWay) {}

  /**
   * @param keepReplaced how long an artifact stays that a newer one has replaced
   * @param worthBytes nothing is sent again to free less
   */
  public NamedArtifacts(Duration keepReplaced, long worthBytes) {
    this.keepReplaced = keepReplaced;
    this.worthBytes = worthBytes;
  }

  /** Takes note of an update, in the order of the log. */
  public void see(ModelUpdate update) {
    replace(newest.put(ManifestMapper.key(update), update), update.getPublishedAt());
  }

  /** The channel has no update any more. */
  public void removed(String key, Instant at) {
    replace(newest.remove(key), at);
  }

  private void replace(@Nullable ModelUpdate before, Instant at) {
    if (before != null) {
      replaced.add(new Replaced(before, at));
    }
  }

  /** The plan as of now; forgets what was replaced too long ago. */
  public Plan plan(Instant now) {
    replaced.removeIf(past -> past.at().isBefore(now.minus(keepReplaced)));
    List<Wanted> wanted = new ArrayList<>();
    newest.values().forEach(update -> addBlobs(wanted, update, null));
    replaced.forEach(past -> addBlobs(wanted, past.update(), past.at()));
    Map<Integer, List<Wanted>> byPartition = new HashMap<>();
    for (Wanted one : wanted) {
      byPartition.computeIfAbsent(one.blob().getPartition(), p -> new ArrayList<>()).add(one);
    }
    Map<Integer, Long> from = new TreeMap<>();
    List<ModelUpdate> inTheWay = new ArrayList<>();
    byPartition.forEach(
        (partition, here) -> {
          here.sort(Comparator.comparingLong(one -> one.blob().getFirstOffset()));
          from.put(partition, here.get(0).blob().getFirstOffset());
          inTheWay.addAll(inTheWay(here));
        });
    return new Plan(from, inTheWay);
  }

  private static void addBlobs(
      List<Wanted> wanted, ModelUpdate update, @Nullable Instant replaced) {
    wanted.add(new Wanted(update, update.getArtifact(), replaced));
    update.getDeltas().forEach(step -> wanted.add(new Wanted(update, step.getBlob(), replaced)));
  }

  /**
   * The first ones, as soon as the gaps behind them are worth it. What was replaced goes anyway,
   * and so does what lies between the deltas of one update, when its channel publishes the next.
   */
  private List<ModelUpdate> inTheWay(List<Wanted> inOrder) {
    Set<ModelUpdate> first = new LinkedHashSet<>();
    long firstBytes = 0;
    long gapBytes = 0;
    for (int i = 0; i + 1 < inOrder.size() && inOrder.get(i).replaced() == null; i++) {
      Wanted one = inOrder.get(i);
      Wanted next = inOrder.get(i + 1);
      if (first.add(one.update())) {
        firstBytes += one.update().getArtifact().getSizeBytes();
      }
      if (!next.update().equals(one.update())) {
        long end = one.blob().getFirstOffset() + one.blob().getChunkCount();
        gapBytes += Math.max(0, next.blob().getFirstOffset() - end) * BlobWriter.CHUNK_BYTES;
      }
      if (gapBytes >= Math.max(worthBytes, WORTH_FACTOR * firstBytes)) {
        return List.copyOf(first);
      }
    }
    return List.of();
  }
}
