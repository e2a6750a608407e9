package io.distillstream.quantization.calibrate;

/**
 * How a model is calibrated.
 *
 * @param method chooses the ranges
 * @param bits of a quantized activation, 2 to 16; what ENTROPY and MSE weigh clipping against
 * @param percentile share of the values, in percent, that PERCENTILE keeps; above 50, at most 100
 * @param momentum of MOVING_AVERAGE: what the past weighs against the newest sample, in [0, 1)
 * @param halfLifeSamples after how many samples an observation counts half; infinite: it never
 *     fades. Finite for ranges that follow live traffic
 * @param maxTapBytes the most activations, in bytes, that one run may leave in native memory. A run
 *     that exceeds it is divided from the next sample on
 * @param threads that share the work of one run
 */
public record CalibrationSettings(
    CalibrationMethod method,
    int bits,
    double percentile,
    double momentum,
    double halfLifeSamples,
    long maxTapBytes,
    int threads) {

  public CalibrationSettings {
    check(bits >= 2 && bits <= 16, "2 to 16 bits", bits);
    check(percentile > 50 && percentile <= 100, "a percentile in (50, 100]", percentile);
    check(momentum >= 0 && momentum < 1, "a momentum in [0, 1)", momentum);
    check(halfLifeSamples > 0, "a half-life of more than 0 samples", halfLifeSamples);
    check(maxTapBytes > 0, "room for at least one byte of activations", maxTapBytes);
    check(threads > 0, "at least one thread", threads);
  }

  /** The usual parameters: uint8, 99.99 %, momentum 0.9, nothing fades, 256 MiB, one thread. */
  public static CalibrationSettings of(CalibrationMethod method) {
    return new CalibrationSettings(method, 8, 99.99, 0.9, Double.POSITIVE_INFINITY, 256L << 20, 1);
  }

  /** Number of levels of a quantized activation. */
  public int levels() {
    return 1 << bits;
  }

  public CalibrationSettings withBits(int value) {
    return new CalibrationSettings(
        method, value, percentile, momentum, halfLifeSamples, maxTapBytes, threads);
  }

  public CalibrationSettings withPercentile(double value) {
    return new CalibrationSettings(
        method, bits, value, momentum, halfLifeSamples, maxTapBytes, threads);
  }

  public CalibrationSettings withMomentum(double value) {
    return new CalibrationSettings(
        method, bits, percentile, value, halfLifeSamples, maxTapBytes, threads);
  }

  public CalibrationSettings withHalfLifeSamples(double value) {
    return new CalibrationSettings(method, bits, percentile, momentum, value, maxTapBytes, threads);
  }

  public CalibrationSettings withMaxTapBytes(long value) {
    return new CalibrationSettings(
        method, bits, percentile, momentum, halfLifeSamples, value, threads);
  }

  public CalibrationSettings withThreads(int value) {
    return new CalibrationSettings(
        method, bits, percentile, momentum, halfLifeSamples, maxTapBytes, value);
  }

  private static void check(boolean holds, String expected, Number actual) {
    if (!holds) {
      throw new IllegalArgumentException("Expected %s, got %s".formatted(expected, actual));
    }
  }
}
