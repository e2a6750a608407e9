package io.distillstream.quantization.signedness;

/** How far computed products are from exact ones. */
public final class ProductError {
  private ProductError() {}

  /**
   * Σ(y − ŷ)² / Σy²; 0 where y is all zeros.
   *
   * @param exact y
   * @param computed ŷ
   */
  public static double of(double[] exact, float[] computed) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < exact.length; i++) {
      error += (exact[i] - computed[i]) * (exact[i] - computed[i]);
      size += exact[i] * exact[i];
    }
    return size == 0 ? 0 : error / size;
  }
}
