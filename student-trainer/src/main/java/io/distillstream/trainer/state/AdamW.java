package io.distillstream.trainer.state;

/**
 * Adam with decoupled weight decay on plain arrays.
 *
 * <pre>
 * m = β₁ m + (1 - β₁) g          v = β₂ v + (1 - β₂) g²
 * w = w - lr · decay · w - lr · (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
 * </pre>
 *
 * Loshchilov, Hutter, <a href="https://arxiv.org/abs/1711.05101">Decoupled Weight Decay
 * Regularization</a>, 2019, with β₁ 0.9, β₂ 0.999, ε 1e-8.
 */
public final class AdamW {
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
  public AdamW(long step, double learningRate, double gradientScale) {
    this.gradientScale = (float) gradientScale;
    this.learningRate = (float) learningRate;
    this.stepSize = (float) (learningRate / (1 - Math.pow(BETA1, (double) step)));
    this.secondCorrection = (float) (1 / Math.sqrt(1 - Math.pow(BETA2, (double) step)));
  }

  private AdamW(AdamW other, double factor) {
    this.gradientScale = other.gradientScale;
    this.learningRate = (float) (other.learningRate * factor);
    this.stepSize = (float) (other.stepSize * factor);
    this.secondCorrection = other.secondCorrection;
  }

  /** The same at a learning rate times {@code factor}. */
  public AdamW slowedBy(double factor) {
    return factor == 1 ? this : new AdamW(this, factor);
  }

  /** What second moments weigh in all after so many steps; the rest is the zero they began with. */
  static double secondMomentWeight(long steps) {
    return 1 - Math.pow(BETA2, (double) steps);
  }

  /** What a clipped gradient is multiplied with: the learning rate times the clipping. */
  public float rate() {
    return learningRate * gradientScale;
  }

  /**
   * Takes {@code from} one step on, with the gradients from {@code gradientOffset} on.
   *
   * @param to as long as {@code from}, and the same arrays for an update in place
   */
  public void update(
      Values from, Values to, float[] gradients, int gradientOffset, double weightDecay) {
    float keep = (float) (1 - learningRate * weightDecay);
    float[] weights = from.weights;
    float[] first = from.first;
    float[] second = from.second;
    for (int i = 0; i < weights.length; i++) {
      float g = gradients[gradientOffset + i] * gradientScale;
      float m = (float) BETA1 * first[i] + (float) (1 - BETA1) * g;
      float v = (float) BETA2 * second[i] + (float) (1 - BETA2) * g * g;
      to.first[i] = m;
      to.second[i] = v;
      float root = (float) Math.sqrt(v) * secondCorrection + EPSILON;
      to.weights[i] = keep * weights[i] - stepSize * m / root;
    }
  }

  /** Weights and both of their moments, equally long. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Values(float[] weights, float[] first, float[] second) {}
}
