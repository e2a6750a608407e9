package io.distillstream.trainer.engine.djl;

import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.objective.BatchLoss;
import java.util.List;
import java.util.Map;

/**
 * What the passes over one batch gave.
 *
 * @param scores how the student answered each row of live traffic that counts
 * @param replayed how it answered each replayed one
 * @param loss what was minimized
 * @param entropyGap see {@link StepResult#entropyGap}
 * @param dense gradients of all weights but the row table, an array per parameter of the layout;
 *     valid until the passes over the next batch
 * @param rows gradient of the rows that the batch picks of the table, {@code [words, width]}
 * @param heads gradients of the heads, by parameter
 */
@SuppressWarnings("ArrayRecordComponent")
record StepGradients(
    List<RowScore> scores,
    List<RowScore> replayed,
    BatchLoss loss,
    double entropyGap,
    float[][] dense,
    float[] rows,
    Map<String, float[]> heads) {

  /** Global L2 norm; not finite where any value is not. */
  double norm() {
    double squares = 0;
    for (float[] gradient : dense) {
      squares = plusSquares(squares, gradient);
    }
    squares += plusSquares(0, rows);
    for (float[] gradient : heads.values()) {
      squares += plusSquares(0, gradient);
    }
    return Math.sqrt(squares);
  }

  private static double plusSquares(double start, float[] values) {
    double sum = start;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }
}
