package io.distillstream.trainer.engine;

import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Records with what the teacher said about them. The arrays are taken over, not copied; they are
 * read only.
 *
 * <p>A classifier has one row of logits per record, a sequence one per token. A row whose target
 * does not count is neither learned nor scored.
 *
 * @param targets what the teacher said, per row
 * @param truth index of the human label per row, or {@link #UNKNOWN}
 * @param embeddings the teacher's, per row; an empty one where it gave none
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingBatch(
    Inputs inputs, List<Target> targets, int[] truth, float[][] embeddings) {

  /** Stands in {@link #truth} where no human label is known. */
  public static final int UNKNOWN = -1;

  /**
   * @throws IllegalArgumentException if the parts differ in length, targets in the number of
   *     classes, embeddings in their dimension, or a truth is no class
   */
  public TrainingBatch {
    targets = List.copyOf(targets);
    int rows = targets.size();
    if (rows == 0 || truth.length != rows || embeddings.length != rows) {
      throw new IllegalArgumentException(
          "expected equally many targets, truths and embeddings, at least one; got %d, %d, %d"
              .formatted(rows, truth.length, embeddings.length));
    }
    int classes = targets.get(0).classes();
    int dimension = 0;
    for (int row = 0; row < rows; row++) {
      if (targets.get(row).classes() != classes) {
        throw new IllegalArgumentException(
            "row %d has a target of %d classes, expected %d"
                .formatted(row, targets.get(row).classes(), classes));
      }
      if (truth[row] < UNKNOWN || truth[row] >= classes) {
        throw new IllegalArgumentException(
            "truth of row %d is %d of %d classes".formatted(row, truth[row], classes));
      }
      dimension = Math.max(dimension, embeddings[row].length);
    }
    for (float[] embedding : embeddings) {
      if (embedding.length != 0 && embedding.length != dimension) {
        throw new IllegalArgumentException(
            "embeddings of %d and %d values".formatted(embedding.length, dimension));
      }
    }
  }

  /** A batch without embeddings. */
  public TrainingBatch(Inputs inputs, List<Target> targets, int[] truth) {
    this(inputs, targets, truth, new float[targets.size()][0]);
  }

  /**
   * A batch of dense targets.
   *
   * @param teacherLogits raw logits {@code [rows, classes]}, never softened
   */
  public TrainingBatch(Inputs inputs, float[][] teacherLogits, int[] truth) {
    this(inputs, dense(teacherLogits), truth);
  }

  private static List<Target> dense(float[][] logits) {
    List<Target> targets = new ArrayList<>(logits.length);
    for (float[] row : logits) {
      targets.add(new DenseTarget(row));
    }
    return targets;
  }

  /** Number of records. */
  public int size() {
    return inputs.size();
  }

  /** Number of rows of logits. */
  public int rows() {
    return targets.size();
  }

  public int classes() {
    return targets.get(0).classes();
  }
}
