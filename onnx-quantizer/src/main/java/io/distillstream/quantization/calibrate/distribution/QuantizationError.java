package io.distillstream.quantization.calibrate.distribution;

/**
 * Squared error of rounding to evenly spaced levels, {@code scale · (i − zeroPoint)} for {@code i}
 * in [0, levels), with clipping at the ends.
 */
final class QuantizationError {
  private final double scale;
  private final int lowest;
  private final int highest;

  QuantizationError(double scale, int zeroPoint, int levels) {
    if (!(scale > 0) || scale == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("Expected a finite scale above 0, got " + scale);
    }
    if (levels < 1 || zeroPoint < 0 || zeroPoint >= levels) {
      throw new IllegalArgumentException(
          "Expected a zero point in [0, %d), got %d".formatted(levels, zeroPoint));
    }
    this.scale = scale;
    this.lowest = -zeroPoint;
    this.highest = levels - 1 - zeroPoint;
  }

  /** Mean squared error of values spread evenly over [from, to]; the point's own if they meet. */
  double mean(double from, double to) {
    double a = from / scale;
    double b = to / scale;
    double mean;
    if (b - a < 1e-9) {
      double off = a - nearest(a);
      mean = off * off;
    } else {
      mean = (integral(b) - integral(a)) / (b - a);
    }
    return scale * scale * mean;
  }

  /**
   * The integral of (t − nearest(t))² from 0 to u, both in units of the scale. A whole cell between
   * two rounding boundaries adds 1/12; within the last cell, or beyond the outermost level, the
   * distance r to the level adds r³/3, whose sign is the side.
   */
  private double integral(double u) {
    double level = nearest(u);
    double off = u - level;
    return level / 12 + off * off * off / 3;
  }

  private double nearest(double u) {
    return Math.max(lowest, Math.min(highest, Math.rint(u)));
  }
}
