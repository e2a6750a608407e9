package io.distillstream.trainer.engine;

/**
 * Records with what the teacher said about them. The arrays are taken over, not copied; they are
 * read only.
 *
 * <p>A classifier has one row of logits per record.
 *
 * @param teacherLogits raw logits {@code [rows, classes]}, never softened
 * @param truth index of the human label per row, or {@link #UNKNOWN}
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingBatch(Inputs inputs, float[][] teacherLogits, int[] truth) {

  /** Stands in {@link #truth} where no human label is known. */
  public static final int UNKNOWN = -1;

  /**
   * @throws IllegalArgumentException if the parts differ in length, a row is ragged, a teacher
   *     logit is not finite, or a truth is no class
   */
  public TrainingBatch {
    int rows = teacherLogits.length;
    if (rows == 0 || truth.length != rows) {
      throw new IllegalArgumentException(
          "expected equally many logits and truths, at least one; got %d, %d"
              .formatted(rows, truth.length));
    }
    int classes = teacherLogits[0].length;
    for (int row = 0; row < rows; row++) {
      if (teacherLogits[row].length != classes) {
        throw new IllegalArgumentException(
            "row %d has %d logits, expected %d".formatted(row, teacherLogits[row].length, classes));
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

  /** Number of records. */
  public int size() {
    return inputs.size();
  }

  /** Number of rows of logits. */
  public int rows() {
    return teacherLogits.length;
  }

  public int classes() {
    return teacherLogits[0].length;
  }
}
