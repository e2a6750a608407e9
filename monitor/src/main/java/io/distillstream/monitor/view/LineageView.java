package io.distillstream.monitor.view;

import io.distillstream.avro.Checkpoint;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What the newest versions were made from. Not thread-safe. */
final class LineageView {

  private static final int MAX_CHECKPOINTS = 1_024;

  private final TreeMap<Long, Lineage> known = new TreeMap<>();
  private List<Lineage> told = List.of();

  void checkpoint(Checkpoint next) {
    known.put(next.getVersion(), Lineage.of(next));
    if (known.size() > MAX_CHECKPOINTS) {
      known.pollFirstEntry();
    }
  }

  /**
   * Of those of these versions whose checkpoints are known; the same list as long as it says the
   * same.
   */
  List<Lineage> of(Set<Long> versions) {
    List<Lineage> now = versions.stream().map(known::get).filter(Objects::nonNull).toList();
    if (!now.equals(told)) {
      told = now;
    }
    return told;
  }
}
