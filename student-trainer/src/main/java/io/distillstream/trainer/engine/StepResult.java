package io.distillstream.trainer.engine;

import java.util.List;

/**
 * What one step measured.
 *
 * @param rows how the student answered each row that counts before it learned it, in order
 * @param loss {@code alpha · distillation + (1 - alpha) · crossEntropy}, what was minimized
 * @param distillation {@code τ² · D(teacher, student)} at temperature τ, nats per counted row. On
 *     the scale of the cross-entropy, temperature 1 and unweighted, is the KL of the score.
 * @param crossEntropy nats per counted row, unweighted
 * @param gradientNorm global L2 norm before clipping
 */
public record StepResult(
    List<RowScore> rows,
    double loss,
    double distillation,
    double crossEntropy,
    double gradientNorm) {
  public StepResult {
    rows = List.copyOf(rows);
  }

  /** The sum over the rows. */
  public BatchScore score() {
    return BatchScore.of(rows);
  }
}
