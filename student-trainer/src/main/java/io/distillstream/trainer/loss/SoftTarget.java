package io.distillstream.trainer.loss;

/**
 * What a teacher said of one row: of a text for a classifier, of a token for a sequence. Immutable;
 * arrays are taken over, not copied, and read only.
 */
public sealed interface SoftTarget permits AbsentTarget, DenseTarget, SampledTarget, TopKTarget {

  /** Number of classes, named here or not. */
  int classes();

  /** The teacher's most probable class, or {@link AbsentTarget#NO_ANSWER}. */
  int answer();

  /**
   * {@code τ² D}, the term that distillation minimizes, and its gradient.
   *
   * <p>The factor τ² keeps the size of the gradient independent of the temperature: Hinton,
   * Vinyals, Dean, <a href="https://arxiv.org/abs/1503.02531">Distilling the Knowledge in a Neural
   * Network</a>, 2015, section 2.
   *
   * @param student logits {@code [classes]}; whatever is not finite makes the value so
   * @param temperature τ, at least 1
   * @param gradient receives the derivative by the student's logits, {@code [classes]}
   * @return nats
   * @throws IllegalArgumentException if this kind of target does not tell that divergence
   */
  double distillation(
      float[] student, Divergence divergence, double temperature, double[] gradient);

  /** {@code KL(teacher ‖ student)} at temperature 1, nats, as far as the target tells it. */
  default double kl(float[] student) {
    return distillation(student, Divergence.FORWARD_KL, 1, new double[classes()]);
  }

  /** Entropy of the teacher at this temperature, nats; NaN where the target does not tell it. */
  double entropy(double temperature);

  /** Whether the row counts: the means of losses and scores are over rows that do. */
  default boolean counts() {
    return answer() != AbsentTarget.NO_ANSWER;
  }
}
