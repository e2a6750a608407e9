package io.distillstream.trainer.engine;

/**
 * Texts with what the teacher said about them. The arrays are taken over, not copied; they are read
 * only.
 *
 * @param tokens word-piece ids, one unpadded row per text
 * @param teacherLogits raw logits {@code [batch, classes]}, never softened
 * @param truth index of the human label per text, or {@link #UNKNOWN}
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingBatch(int[][] tokens, float[][] teacherLogits, int[] truth) {

  /** Stands in {@link #truth} where no human label is known. */
  public static final int UNKNOWN = -1;

  /**
   * @throws IllegalArgumentException if the parts differ in length, a row is empty or ragged, a
   *     teacher logit is not finite, or a truth is no class
   */
  public TrainingBatch {
    int size = tokens.length;
    if (size == 0 || teacherLogits.length != size || truth.length != size) {
      throw new IllegalArgumentException(
          "expected equally many tokens, logits and truths, at least one; got %d, %d, %d"
              .formatted(size, teacherLogits.length, truth.length));
    }
    int classes = teacherLogits[0].length;
    for (int row = 0; row < size; row++) {
      if (tokens[row].length == 0 || teacherLogits[row].length != classes) {
        throw new IllegalArgumentException(
            "row %d has %d tokens and %d logits, expected at least one and %d"
                .formatted(row, tokens[row].length, teacherLogits[row].length, classes));
      }
      if (truth[row] < UNKNOWN || truth[row] >= classes) {
        throw new IllegalArgumentException(
            "truth of row %d is %d of %d classes".formatted(row, truth[row], classes));
      }
      for (float logit : teacherLogits[row]) {
        if (!Float.isFinite(logit)) {
          throw new IllegalArgumentException("row %d has teacher logit %s".formatted(row, logit));
        }
      }
    }
  }

  public int size() {
    return tokens.length;
  }

  public int classes() {
    return teacherLogits[0].length;
  }
}
