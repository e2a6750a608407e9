package io.distillstream.trainer.prune;

import static io.distillstream.trainer.prune.PruningMemory.PRUNED;

import io.distillstream.trainer.prune.PruningPlan.Scaling;
import java.util.List;

/**
 * Finds the least important of many weights by radix selection: four passes, no copy, no sort.
 *
 * <p>The order is total, so that exactly as many go as are asked for: by score, among equals (such
 * as words that no text has used yet) by magnitude, then by place.
 */
final class LeastImportant {
  private static final int DIGIT_BITS = 16;

  private LeastImportant() {}

  /**
   * Marks the scores of the {@code count} least important weights as {@link PruningMemory#PRUNED}.
   *
   * @throws IllegalArgumentException if fewer are left
   */
  static void prune(List<Candidates> matrices, long count) {
    if (count == 0) {
      return;
    }
    long rank = count;
    long prefix = 0;
    for (int shift = Long.SIZE - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
      long[] counts = countDigits(matrices, prefix, shift);
      int digit = 0;
      while (rank > counts[digit]) {
        rank -= counts[digit++];
        if (digit == counts.length) {
          throw new IllegalArgumentException("fewer than %d weights are left".formatted(count));
        }
      }
      prefix = (prefix << DIGIT_BITS) | digit;
    }
    mark(matrices, prefix, rank);
  }

  /** How many keys that start with {@code prefix} go on with each digit. */
  private static long[] countDigits(List<Candidates> matrices, long prefix, int shift) {
    long[] counts = new long[1 << DIGIT_BITS];
    int above = shift + DIGIT_BITS;
    for (Candidates matrix : matrices) {
      for (int i = 0; i < matrix.size(); i++) {
        if (matrix.isLeft(i)) {
          long key = matrix.key(i);
          if (above == Long.SIZE || key >>> above == prefix) {
            counts[(int) (key >>> shift) & (counts.length - 1)]++;
          }
        }
      }
    }
    return counts;
  }

  /** All below the threshold, and the first {@code ties} of those at it. */
  private static void mark(List<Candidates> matrices, long threshold, long ties) {
    long left = ties;
    for (Candidates matrix : matrices) {
      for (int i = 0; i < matrix.size(); i++) {
        if (matrix.isLeft(i)) {
          int order = Long.compareUnsigned(matrix.key(i), threshold);
          if (order < 0 || (order == 0 && left-- > 0)) {
            matrix.scores[i] = PRUNED;
          }
        }
      }
    }
  }

  /** The weights of one matrix with their scores. */
  static final class Candidates {
    private final Criterion criterion;
    private final float[] scores;
    private final PrunableMatrix matrix;
    private final float scale;

    /** The scores are borrowed, and changed. */
    Candidates(Criterion criterion, float[] scores, PrunableMatrix matrix, Scaling scaling) {
      this.criterion = criterion;
      this.scores = scores;
      this.matrix = matrix;
      this.scale =
          switch (scaling) {
            case NONE -> 1;
            case MATRIX -> (float) (1 / rootMeanSquare());
          };
    }

    private int size() {
      return scores.length;
    }

    private boolean isLeft(int index) {
      return scores[index] != PRUNED;
    }

    private float magnitude(int index) {
      return Math.abs(matrix.weight(index));
    }

    private float score(int index) {
      return criterion == Criterion.MAGNITUDE ? magnitude(index) : scores[index];
    }

    /** In the order of pruning, as an unsigned number. */
    private long key(int index) {
      int bits = Float.floatToIntBits(score(index) * scale);
      // Two's complement order for floats of either sign, then shifted to unsigned.
      int ordered = bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
      return ((long) ordered << Integer.SIZE) | Float.floatToIntBits(magnitude(index));
    }

    /** Of the scores that are left; 1 where all of them are 0. */
    private double rootMeanSquare() {
      double squares = 0;
      long left = 0;
      for (int i = 0; i < size(); i++) {
        if (isLeft(i)) {
          squares += (double) score(i) * score(i);
          left++;
        }
      }
      return squares == 0 ? 1 : Math.sqrt(squares / left);
    }
  }
}
