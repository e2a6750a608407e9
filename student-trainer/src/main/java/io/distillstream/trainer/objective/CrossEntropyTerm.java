package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.student.StudentSpec;

/** {@code (1 - α) CE(y, classifier)}. */
record CrossEntropyTerm() implements ObjectiveTerm {

  @Override
  public String name() {
    return LossParts.CROSS_ENTROPY;
  }

  @Override
  public String output(Outputs outputs) {
    return StudentSpec.CLASSIFIER;
  }

  @Override
  public double weight(StepSettings settings) {
    return 1 - settings.alpha();
  }

  @Override
  public int counted(TrainingBatch batch) {
    return batch.counted();
  }

  @Override
  public LossTerm of(float[][] output, TrainingBatch batch, StepSettings settings) {
    return LossTerm.crossEntropy(output, batch.targets(), batch.truth());
  }
}
