package io.distillstream.trainer.loss;

import java.util.HashSet;
import java.util.Set;

/** Checks classes that a target names. Takes room for these alone, however many there are. */
final class DistinctClasses {
  private DistinctClasses() {}

  /**
   * @throws IllegalArgumentException for an index that is no class, or is there twice
   */
  static void require(int[] indices, int classes) {
    Set<Integer> seen = new HashSet<>();
    for (int index : indices) {
      require(index, classes);
      if (!seen.add(index)) {
        throw new IllegalArgumentException("class %d is named twice".formatted(index));
      }
    }
  }

  /**
   * @throws IllegalArgumentException if the index is no class
   */
  static void require(int index, int classes) {
    if (index < 0 || index >= classes) {
      throw new IllegalArgumentException("class %d of %d classes".formatted(index, classes));
    }
  }
}
