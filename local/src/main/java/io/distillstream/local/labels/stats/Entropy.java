package io.distillstream.local.labels.stats;

import io.distillstream.wire.opinion.LogMath;

/** Shannon's entropy, in nats. */
final class Entropy {

  private Entropy() {}

  /**
   * −Σ p log p of the softmax. A tail counts as one class, so that the entropy is a lower bound.
   *
   * @param logits raw, finite, at least one
   * @param tailLogMass log of the sum of exp(logit) over all other classes; minus infinity for none
   */
  static double ofLogits(float[] logits, float tailLogMass) {
    double[] all = new double[logits.length + 1];
    for (int i = 0; i < logits.length; i++) {
      all[i] = logits[i];
    }
    all[logits.length] = tailLogMass;
    return Math.max(0, LogMath.entropy(LogMath.normalized(all)));
  }

  /** −Σ w log p, whose expectation over draws is the entropy. */
  static double ofDraws(float[] weights, float[] logProbabilities) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum -= weights[i] * (double) logProbabilities[i];
    }
    return Math.max(0, sum);
  }
}
