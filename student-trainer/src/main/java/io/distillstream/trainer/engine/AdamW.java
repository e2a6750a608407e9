package io.distillstream.trainer.engine;

/**
 * Adam with decoupled weight decay on plain arrays, in place.
 *
 * <pre>
 * m = β₁ m + (1 - β₁) g          v = β₂ v + (1 - β₂) g²
 * w = w - lr · decay · w - lr · (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
 * </pre>
 *
 * Loshchilov, Hutter, <a href="https://arxiv.org/abs/1711.05101">Decoupled Weight Decay
 * Regularization</a>, 2019, with β₁ 0.9, β₂ 0.999, ε 1e-8.
 */
final class AdamW {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final float EPSILON = 1e-8f;

  private final float gradientScale;
  private final float learningRate;
  private final float stepSize;
  private final float secondCorrection;

  /**
   * The update of one step.
   *
   * @param step 1 for the first
   * @param gradientScale what gradients are multiplied with first, for clipping
   */
  AdamW(long step, double learningRate, double gradientScale) {
    this.gradientScale = (float) gradientScale;
    this.learningRate = (float) learningRate;
    this.stepSize = (float) (learningRate / (1 - Math.pow(BETA1, (double) step)));
    this.secondCorrection = (float) (1 / Math.sqrt(1 - Math.pow(BETA2, (double) step)));
  }

  /** What a clipped gradient is multiplied with: the learning rate times the clipping. */
  float rate() {
    return learningRate * gradientScale;
  }

  /**
   * Updates {@code length} values from {@code offset} on, with the gradients from {@code
   * gradientOffset} on.
   */
  void update(
      float[] weights,
      Moments moments,
      int offset,
      int length,
      float[] gradients,
      int gradientOffset,
      double weightDecay) {
    float[] first = moments.first;
    float[] second = moments.second;
    float keep = (float) (1 - learningRate * weightDecay);
    for (int i = 0; i < length; i++) {
      int at = offset + i;
      float g = gradients[gradientOffset + i] * gradientScale;
      float m = (float) BETA1 * first[at] + (float) (1 - BETA1) * g;
      float v = (float) BETA2 * second[at] + (float) (1 - BETA2) * g * g;
      first[at] = m;
      second[at] = v;
      float root = (float) Math.sqrt(v) * secondCorrection + EPSILON;
      weights[at] = keep * weights[at] - stepSize * m / root;
    }
  }

  /** Both moments of the values of one array. */
  @SuppressWarnings("ArrayRecordComponent")
  record Moments(float[] first, float[] second) {}
}
