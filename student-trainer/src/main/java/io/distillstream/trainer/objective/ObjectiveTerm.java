package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.schedule.StepSettings;

/** A summand of the loss, over one output of the network. */
public interface ObjectiveTerm {
  /** Of this term's value in {@link LossParts}. */
  String name();

  /** The output that it is of, or would be if the student had such a head. */
  String output(Outputs outputs);

  /** Its weight in the sum. */
  double weight(StepSettings settings);

  /** Number of the batch's rows that its value is a mean over. */
  int counted(TrainingBatch batch);

  /**
   * Its value and gradient, unweighted.
   *
   * @param output {@code [rows, columns]}
   */
  LossTerm of(float[][] output, TrainingBatch batch, StepSettings settings);
}
