package io.distillstream.trainer.loss;

/**
 * What training minimizes, as far as it stays the same from step to step.
 *
 * @param divergence between teacher and student
 * @param match between projected hidden vectors and the teacher's embeddings
 * @param matchWeight of that term; it counts on students with a projection only
 * @param consistency under moved word vectors
 */
public record Objective(
    Divergence divergence, EmbeddingMatch match, double matchWeight, Consistency consistency) {

  /** The forward KL of Hinton et al. (2015). */
  public static final Objective STANDARD = new Objective(Divergence.FORWARD_KL);

  public Objective {
    if (!(matchWeight >= 0 && Double.isFinite(matchWeight))) {
      throw new IllegalArgumentException("the weight of embeddings is " + matchWeight);
    }
  }

  /** Without consistency. */
  public Objective(Divergence divergence, EmbeddingMatch match, double matchWeight) {
    this(divergence, match, matchWeight, Consistency.OFF);
  }

  /** Of logits alone. */
  public Objective(Divergence divergence) {
    this(divergence, EmbeddingMatch.COSINE, 0);
  }

  /** The same with another demand of consistency. */
  public Objective with(Consistency other) {
    return new Objective(divergence, match, matchWeight, other);
  }
}
