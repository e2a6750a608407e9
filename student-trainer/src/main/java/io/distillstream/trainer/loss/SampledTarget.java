package io.distillstream.trainer.loss;

/**
 * Classes drawn from the teacher's distribution, with weights w whose expectation is the teacher's
 * probability of every class.
 *
 * <pre>
 * Σ w (log p - log q)          d/ds = q Σ w - w
 * </pre>
 *
 * <p>Its value and its gradient are unbiased estimates of those of {@code KL(p ‖ q)}, which the
 * top-k classes renormalized are not: Anshumann et al., <a
 * href="https://arxiv.org/abs/2503.16870">Sparse Logit Sampling: Accelerating Knowledge
 * Distillation in LLMs</a>, 2025. A single value may be negative; its mean is not. Of n draws from
 * p itself w is the share of draws; of draws from another distribution r it is that share times
 * p/r.
 *
 * <p>The draws say nothing of the teacher at another temperature than 1, nor of other divergences
 * without bias, so the first is not used and the latter are refused.
 *
 * @param classes all of them
 * @param answer the teacher's most probable class, whether drawn or not
 * @param indices distinct classes drawn
 * @param weights w of these; zero for all others
 * @param logProbabilities log p of these, nats
 */
@SuppressWarnings("ArrayRecordComponent")
public record SampledTarget(
    int classes, int answer, int[] indices, float[] weights, float[] logProbabilities)
    implements SoftTarget {

  /** Room for the rounding of log-probabilities to binary32. */
  private static final float TOLERANCE = 1e-5f;

  /**
   * @throws IllegalArgumentException saying what no draws from so many classes can be
   */
  public SampledTarget {
    int drawn = indices.length;
    if (classes < 2
        || drawn < 1
        || drawn > classes
        || weights.length != drawn
        || logProbabilities.length != drawn) {
      throw new IllegalArgumentException(
          "%d indices, %d weights and %d log-probabilities of %d classes"
              .formatted(drawn, weights.length, logProbabilities.length, classes));
    }
    DistinctClasses.require(answer, classes);
    DistinctClasses.require(indices, classes);
    double sum = 0;
    for (int i = 0; i < drawn; i++) {
      if (!(weights[i] > 0)
          || !(logProbabilities[i] <= TOLERANCE)
          || logProbabilities[i] == Float.NEGATIVE_INFINITY) {
        throw new IllegalArgumentException(
            "class %d has weight %s and log-probability %s"
                .formatted(indices[i], weights[i], logProbabilities[i]));
      }
      sum += weights[i];
    }
    // Draws from r ∝ pᵗ have p/r = p¹⁻ᵗ Σ pᵗ, for t from 0 to 1 at most the number of classes.
    if (!(sum <= classes * 1.001)) {
      throw new IllegalArgumentException(
          "the weights of %d classes sum to %s".formatted(classes, sum));
    }
  }

  /**
   * @param temperature not used, see above
   * @throws IllegalArgumentException for any divergence but the forward KL
   */
  @Override
  public double distillation(
      float[] student, Divergence divergence, double temperature, double[] gradient) {
    if (!(divergence instanceof Divergence.ForwardKl)) {
      throw new IllegalArgumentException(
          "a sampled target estimates the forward KL, not " + divergence);
    }
    double[] logQ = LogSpace.logSoftmax(student, 1);
    double total = 0;
    double value = 0;
    for (int i = 0; i < indices.length; i++) {
      total += weights[i];
      value += weights[i] * (logProbabilities[i] - logQ[indices[i]]);
    }
    for (int c = 0; c < classes; c++) {
      gradient[c] = total * Math.exp(logQ[c]);
    }
    for (int i = 0; i < indices.length; i++) {
      gradient[indices[i]] -= weights[i];
    }
    return value;
  }

  @Override
  public double entropy(double temperature) {
    return Double.NaN;
  }
}
