package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.schedule.StepSettings;

/**
 * The loss of one batch and its gradients with respect to the network's outputs.
 *
 * <pre>
 * loss = α τ² D(teacher at τ, d at τ) + (1 - α) CE(y, c) + β M(teacher's embedding, e)
 * </pre>
 *
 * each a mean over the rows that count for it, with classifier logits c, distillation logits d,
 * which are c where there is no such head, projection e, and y the human label where one is known,
 * otherwise the teacher's most probable class.
 *
 * @param minimized over all rows
 * @param parts of the same over the rows of live traffic; all 0 without any
 * @param gradients of {@code minimized} with respect to the outputs
 */
public record DistillationLoss(double minimized, LossParts parts, Gradients gradients) {

  /**
   * What the network gives for one batch.
   *
   * @param classifier logits {@code [rows, classes]}; whatever is not finite makes the loss so
   * @param distillation logits {@code [rows, classes]}; without rows where there is no such head
   * @param embedding projections {@code [rows, dimension]}; without rows where there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Outputs(float[][] classifier, float[][] distillation, float[][] embedding) {

    /** The logits that the student answers with: the mean of both heads'. */
    public float[][] deployed() {
      if (distillation.length == 0) {
        return classifier;
      }
      float[][] mean = new float[classifier.length][];
      for (int row = 0; row < mean.length; row++) {
        mean[row] = classifier[row].clone();
        for (int c = 0; c < mean[row].length; c++) {
          mean[row][c] = (mean[row][c] + distillation[row][c]) / 2;
        }
      }
      return mean;
    }

    /** Those of the batch's rows that are of live traffic. */
    Outputs live(TrainingBatch batch) {
      return new Outputs(
          batch.live(classifier),
          distillation.length == 0 ? distillation : batch.live(distillation),
          embedding.length == 0 ? embedding : batch.live(embedding));
    }
  }

  /** Row-major, of the shape of each output; empty where there is none. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Gradients(float[] classifier, float[] distillation, float[] embedding) {}

  /** See above. */
  public static DistillationLoss of(
      Outputs outputs, TrainingBatch batch, StepSettings settings, TrainingObjective objective) {
    DistillationLoss loss = ofAll(outputs, batch, settings, objective);
    return batch.isLive()
        ? loss
        : new DistillationLoss(
            loss.minimized,
            batch
                .live()
                .map(live -> ofAll(outputs.live(batch), live, settings, objective).parts)
                .orElse(LossParts.ZERO),
            loss.gradients);
  }

  /** The parts are over all rows. */
  private static DistillationLoss ofAll(
      Outputs outputs, TrainingBatch batch, StepSettings settings, TrainingObjective objective) {
    boolean apart = outputs.distillation.length > 0;
    LossTerm distillation =
        LossTerm.distillation(
            apart ? outputs.distillation : outputs.classifier,
            batch.targets(),
            objective.divergence(),
            settings.temperature());
    LossTerm crossEntropy =
        LossTerm.crossEntropy(outputs.classifier, batch.targets(), batch.truth());
    LossTerm embedding =
        outputs.embedding.length == 0
            ? new LossTerm(0, new double[0])
            : objective.match().of(outputs.embedding, batch.embeddings());
    LossTerm soft = distillation.times(settings.alpha());
    LossTerm hard = crossEntropy.times(1 - settings.alpha());
    LossTerm matched = embedding.times(objective.matchWeight());
    LossParts parts =
        new LossParts(
            soft.value() + hard.value() + matched.value(),
            distillation.value(),
            crossEntropy.value(),
            embedding.value());
    return new DistillationLoss(
        parts.total(),
        parts,
        apart
            ? new Gradients(hard.floats(), soft.floats(), matched.floats())
            : new Gradients(soft.plus(hard).floats(), new float[0], matched.floats()));
  }

  /** With the consistency of the same batch, whose gradients are of outputs of their own. */
  public DistillationLoss with(ConsistencyLoss consistency, double weight) {
    return new DistillationLoss(
        minimized + consistency.minimized(), parts.with(weight, consistency.reported()), gradients);
  }
}
