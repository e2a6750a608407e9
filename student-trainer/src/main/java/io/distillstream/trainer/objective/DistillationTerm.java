package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.student.StudentSpec;

/**
 * {@code α τ² D(teacher at τ, student at τ)}, of the distillation head where there is one and
 * otherwise of the classifier.
 */
record DistillationTerm(Divergence divergence) implements ObjectiveTerm {

  @Override
  public String name() {
    return LossParts.DISTILLATION;
  }

  @Override
  public String output(Outputs outputs) {
    return outputs.has(TrainingHeads.DISTILLATION)
        ? TrainingHeads.DISTILLATION
        : StudentSpec.CLASSIFIER;
  }

  @Override
  public double weight(StepSettings settings) {
    return settings.alpha();
  }

  @Override
  public int counted(TrainingBatch batch) {
    return batch.counted();
  }

  @Override
  public LossTerm of(float[][] output, TrainingBatch batch, StepSettings settings) {
    return LossTerm.distillation(output, batch.targets(), divergence, settings.temperature());
  }
}
