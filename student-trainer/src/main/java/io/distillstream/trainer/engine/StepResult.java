package io.distillstream.trainer.engine;

import java.util.List;

/**
 * What one step measured.
 *
 * @param rows how the student answered each row before it learned it, in order
 * @param loss {@code alpha · kl + (1 - alpha) · crossEntropy}, the value that was minimized
 * @param kl {@code τ² · KL(teacher_τ ‖ student_τ)}, mean over the batch, nats
 * @param crossEntropy mean over the batch, nats
 * @param gradientNorm global L2 norm before clipping
 */
public record StepResult(
    List<RowScore> rows, double loss, double kl, double crossEntropy, double gradientNorm) {
  public StepResult {
    rows = List.copyOf(rows);
  }

  /** The sum over the rows. */
  public BatchScore score() {
    return BatchScore.of(rows);
  }
}
