package io.distillstream.local.labels.stats;

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
    double largest = tailLogMass;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = Math.exp(tailLogMass - largest);
    double weighted = sum == 0 ? 0 : sum * (tailLogMass - largest);
    for (float logit : logits) {
      double mass = Math.exp(logit - largest);
      sum += mass;
      weighted += mass * (logit - largest);
    }
    return Math.max(0, Math.log(sum) - weighted / sum);
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
