package io.distillstream.trainer.engine.djl;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;

/** Gradient by a batch's rows of the row table, added up over the parts of the batch. */
final class RowsGradient {
  private final Map<Integer, Integer> slots = new HashMap<>();
  private final int width;
  private final float[] values;

  /**
   * @param words the rows that the batch picks of the table, each once
   */
  RowsGradient(int[] words, int width) {
    for (int word : words) {
      slots.put(word, slots.size());
    }
    this.width = width;
    values = new float[words.length * width];
  }

  /**
   * Adds that of a part.
   *
   * @param words rows that the part picks, all among the batch's
   * @param gradient {@code [words, width]}
   */
  void add(int[] words, float[] gradient) {
    for (int i = 0; i < words.length; i++) {
      int to = requireNonNull(slots.get(words[i])) * width;
      for (int column = 0; column < width; column++) {
        values[to + column] += gradient[i * width + column];
      }
    }
  }

  /** {@code [words, width]}. */
  float[] values() {
    return values;
  }
}
