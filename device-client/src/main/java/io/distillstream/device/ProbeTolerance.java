package io.distillstream.device;

import io.distillstream.model.ArgMax;

/**
 * How far this device's logits may lie from the quantizer's on the manifest's probe inputs.
 *
 * <p>On the same kind of machine the same file gives the same bits, and {@link #IDENTICAL} holds
 * the device to that. Other processors round and saturate 8-bit products differently: there, {@link
 * #within} asks for the same most probable class and for logits no further apart than the bound.
 *
 * @param maxAbsDifference of any logit; 0 demands identical values
 */
public record ProbeTolerance(double maxAbsDifference) {

  /** The same bits as on the quantizer's machine. */
  public static final ProbeTolerance IDENTICAL = new ProbeTolerance(0);

  /**
   * Enough for the 0.12 by which saturating 8-bit products were seen to move a logit, with a
   * margin; a wrong or damaged model is off by whole units.
   */
  public static final ProbeTolerance OTHER_HARDWARE = new ProbeTolerance(0.25);

  public ProbeTolerance {
    if (!(maxAbsDifference >= 0) || Double.isInfinite(maxAbsDifference)) {
      throw new IllegalArgumentException(
          "Probe tolerance must be finite and at least 0, is " + maxAbsDifference);
    }
  }

  /** The same most probable class, and no logit further off than the bound. */
  public static ProbeTolerance within(double maxAbsDifference) {
    return new ProbeTolerance(maxAbsDifference);
  }

  /**
   * Whether the device's logits pass. Classes whose expected logits lie closer together than the
   * bound may change places, since the bound alone allows it.
   */
  boolean accepts(float[] expected, float[] actual) {
    if (maxAbsDifference(expected, actual) > maxAbsDifference) {
      return false;
    }
    float best = expected[ArgMax.of(expected)];
    float chosen = expected[ArgMax.of(actual)];
    return (double) best - chosen <= maxAbsDifference;
  }

  /** Largest difference of two vectors; infinite if their lengths differ or there is a NaN. */
  static double maxAbsDifference(float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      return Double.POSITIVE_INFINITY;
    }
    double max = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      max = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(max, difference);
    }
    return max;
  }
}
