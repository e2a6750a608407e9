package io.distillstream.trainer.objective;

import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.EmbeddingMatch;

/**
 * What training minimizes, as far as it stays the same from step to step.
 *
 * @param divergence between teacher and student
 * @param match between projected hidden vectors and the teacher's embeddings
 * @param matchWeight of that term; it counts on students with a projection only
 * @param consistency under moved word vectors
 */
public record TrainingObjective(
    Divergence divergence, EmbeddingMatch match, double matchWeight, Consistency consistency) {

  /** The forward KL of Hinton et al. (2015). */
  public static final TrainingObjective STANDARD = new TrainingObjective(Divergence.FORWARD_KL);

  public TrainingObjective {
    if (!(matchWeight >= 0 && Double.isFinite(matchWeight))) {
      throw new IllegalArgumentException("the weight of embeddings is " + matchWeight);
    }
  }

  /** Without consistency. */
  public TrainingObjective(Divergence divergence, EmbeddingMatch match, double matchWeight) {
    this(divergence, match, matchWeight, Consistency.OFF);
  }

  /** Of logits alone. */
  public TrainingObjective(Divergence divergence) {
    this(divergence, EmbeddingMatch.COSINE, 0);
  }

  /** The same with another demand of consistency. */
  public TrainingObjective with(Consistency other) {
    return new TrainingObjective(divergence, match, matchWeight, other);
  }
}
