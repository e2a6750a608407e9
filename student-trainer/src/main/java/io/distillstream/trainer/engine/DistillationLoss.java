package io.distillstream.trainer.engine;

import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.loss.Objective;

/**
 * The loss of one batch and its gradient with respect to the student's logits.
 *
 * <pre>
 * loss = α τ² D(teacher at τ, student at τ) + (1 - α) CE(y, student)      mean over counted rows
 * </pre>
 *
 * with y the human label where one is known, otherwise the teacher's most probable class.
 *
 * @param distillation {@code τ² D}, nats per counted row
 * @param crossEntropy nats per counted row
 * @param total {@code α distillation + (1 - α) crossEntropy}
 * @param gradient row-major {@code [rows, classes]}
 */
@SuppressWarnings("ArrayRecordComponent")
record DistillationLoss(double distillation, double crossEntropy, double total, float[] gradient) {

  /**
   * @param student logits {@code [rows, classes]}; whatever is not finite makes the loss so
   * @param settings temperature and alpha
   */
  static DistillationLoss of(
      float[][] student, TrainingBatch batch, StepSettings settings, Objective objective) {
    LossTerm distillation =
        LossTerm.distillation(
            student, batch.targets(), objective.divergence(), settings.temperature());
    LossTerm crossEntropy = LossTerm.crossEntropy(student, batch.targets(), batch.truth());
    LossTerm total =
        distillation.times(settings.alpha()).plus(crossEntropy.times(1 - settings.alpha()));
    return new DistillationLoss(
        distillation.value(), crossEntropy.value(), total.value(), total.floats());
  }
}
