package io.distillstream.trainer.memory;

import java.util.Arrays;

/**
 * The labels of a stream's examples at one moment. The arrays are taken over, not copied; they are
 * read only.
 *
 * @param all number of examples of each label
 * @param newest labels of the newest examples, the oldest first
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelMixState(long[] all, int[] newest) {

  /** Of a stream without examples. */
  public static final LabelMixState NONE = new LabelMixState(new long[1], new int[0]);

  /**
   * @throws IllegalArgumentException if there are more of the newest than are looked at, or one is
   *     no label that was counted
   */
  public LabelMixState {
    if (newest.length > LabelMix.WINDOW) {
      throw new IllegalArgumentException(
          "expected at most %d labels, got %d".formatted(LabelMix.WINDOW, newest.length));
    }
    for (int label : newest) {
      if (label < 0 || label >= all.length) {
        throw new IllegalArgumentException("label %d of %d".formatted(label, all.length));
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelMixState that
        && Arrays.equals(all, that.all)
        && Arrays.equals(newest, that.newest);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(all) + Arrays.hashCode(newest);
  }
}
