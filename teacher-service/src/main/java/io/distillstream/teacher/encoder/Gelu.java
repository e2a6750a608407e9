package io.distillstream.teacher.encoder;

/**
 * The Gaussian error linear unit {@code x·Φ(x)} (Hendrycks and Gimpel 2016), exact form: Φ through
 * the error function of Abramowitz and Stegun 7.1.26, whose error stays below 1.5e-7.
 */
final class Gelu {
  private static final double P = 0.3275911;
  private static final double[] A = {
    0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429
  };

  private Gelu() {}

  static float of(float x) {
    double z = Math.abs(x) * Math.sqrt(0.5);
    double t = 1 / (1 + P * z);
    double polynomial = t * (A[0] + t * (A[1] + t * (A[2] + t * (A[3] + t * A[4]))));
    double erf = Math.copySign(1 - polynomial * Math.exp(-z * z), x);
    return (float) (0.5 * x * (1 + erf));
  }
}
