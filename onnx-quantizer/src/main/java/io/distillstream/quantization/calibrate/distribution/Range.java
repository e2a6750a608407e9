package io.distillstream.quantization.calibrate.distribution;

/**
 * The interval of values that a tensor's levels are spread over; what lies outside is clipped.
 *
 * @param min the least value, finite
 * @param max the greatest value, finite, not less than {@code min}
 */
public record Range(float min, float max) {
  /** What is known of a tensor that is always zero, or was never seen. */
  public static final Range ZERO = new Range(0, 0);

  public Range {
    if (!Float.isFinite(min) || !Float.isFinite(max) || min > max) {
      throw new IllegalArgumentException(
          "Expected finite bounds in ascending order, got [%s, %s]".formatted(min, max));
    }
  }

  /** The smallest range around this one that holds 0, so that 0 can have a level of its own. */
  public Range withZero() {
    return min <= 0 && max >= 0 ? this : new Range(Math.min(min, 0), Math.max(max, 0));
  }

  /** Whether every value of the other range lies in this one. */
  public boolean contains(Range other) {
    return min <= other.min && other.max <= max;
  }

  /**
   * Distance of two neighbouring levels when the range, with 0, is cut into {@code levels} of them;
   * 1 for a range of no width, which every scale serves.
   *
   * @param levels at least 2; 256 for uint8
   */
  public double scale(int levels) {
    if (levels < 2) {
      throw new IllegalArgumentException("Expected at least 2 levels, got " + levels);
    }
    Range widened = withZero();
    double scale = ((double) widened.max - widened.min) / (levels - 1);
    return scale == 0 ? 1 : scale;
  }

  /**
   * The level, from 0 on, that stands for exactly 0. Rounds half to even, as ONNX's
   * DynamicQuantizeLinear does.
   */
  public int zeroPoint(int levels) {
    return (int) Math.rint(-withZero().min / scale(levels));
  }
}
