package io.distillstream.quantization.calibrate.distribution;

/** Arithmetic of bins whose width is a power of two: bin {@code k} is [k · 2ᵉ, (k + 1) · 2ᵉ). */
final class Bins {
  private Bins() {}

  /** The bin of a value. */
  static int of(double value, int exponent) {
    return (int) Math.floor(Math.scalb(value, -exponent));
  }

  /** Where a bin begins. */
  static double edge(int bin, int exponent) {
    return Math.scalb((double) bin, exponent);
  }

  /**
   * The exponent of the narrowest bins of which so many span both values.
   *
   * @param least of all exponents, also for values that do not differ
   */
  static int exponentFor(float from, float to, int bins, int least) {
    // With this one or the next: a span of just under 2 · bins widths, or of bins widths.
    int exponent = Math.max(least, Math.getExponent(((double) to - from) / bins));
    while (of(to, exponent) - of(from, exponent) >= bins) {
      exponent++;
    }
    return exponent;
  }
}
