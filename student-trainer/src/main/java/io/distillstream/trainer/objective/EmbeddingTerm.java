package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.EmbeddingMatch;
import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.schedule.StepSettings;

/**
 * {@code β M(teacher's embedding, projection)}.
 *
 * @param match M
 * @param weight β
 */
public record EmbeddingTerm(EmbeddingMatch match, double weight) implements ObjectiveTerm {

  public EmbeddingTerm {
    if (!(weight >= 0 && Double.isFinite(weight))) {
      throw new IllegalArgumentException("the weight of embeddings is " + weight);
    }
  }

  @Override
  public String name() {
    return LossParts.EMBEDDING;
  }

  @Override
  public String output(Outputs outputs) {
    return TrainingHeads.EMBEDDING;
  }

  @Override
  public double weight(StepSettings settings) {
    return weight;
  }

  @Override
  public int counted(TrainingBatch batch) {
    return batch.embedded();
  }

  @Override
  public LossTerm of(float[][] output, TrainingBatch batch, StepSettings settings) {
    return match.of(output, batch.embeddings());
  }
}
