package io.distillstream.trainer.memory;

import java.util.Arrays;

/**
 * How many examples of each label a stream has had. All counts are halved when their sum reaches a
 * bound, so that a mix that stays becomes the usual one. Not thread-safe.
 */
final class LabelCounts {
  private final long most;
  private long[] counts;
  private long total;

  /**
   * Continues from counts.
   *
   * @param counts by label
   * @param most sum at which all are halved, above 0
   */
  LabelCounts(long[] counts, long most) {
    this.counts = counts.clone();
    this.most = most;
    total = Arrays.stream(counts).sum();
  }

  void add(int label) {
    if (label >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(label + 1, 2 * counts.length));
    }
    counts[label]++;
    total++;
    if (total >= most) {
      total = 0;
      for (int i = 0; i < counts.length; i++) {
        counts[i] /= 2;
        total += counts[i];
      }
    }
  }

  /** Share of all examples that have this label, 0 to 1; 0 without examples. */
  double share(int label) {
    return total == 0 || label >= counts.length ? 0 : (double) counts[label] / total;
  }

  /** Labels from this on were not met. */
  int labels() {
    return counts.length;
  }

  /** The counts by label, a copy. */
  long[] counts() {
    return counts.clone();
  }
}
