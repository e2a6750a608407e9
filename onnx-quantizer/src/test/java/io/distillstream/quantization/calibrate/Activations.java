package io.distillstream.quantization.calibrate;

import io.distillstream.quantization.calibrate.distribution.Histogram;
import io.distillstream.quantization.calibrate.distribution.Range;

/**
 * Activations to calibrate on, the same bit for bit as those that the golden vectors were made of:
 *
 * <pre>{@code
 * def lcg(n):  # Numerical Recipes' generator, seed 1, in [0, 1)
 *     x, out = 1, []
 *     for _ in range(n): x = (1664525 * x + 1013904223) & 0xffffffff; out.append(x / 2**32)
 *     return np.array(out)
 * u = lcg(80000); g = u[0::4] + u[1::4] + u[2::4] + u[3::4] - 2
 * relu = np.maximum(g*g*g, 0); normal = g; heavy = g*g*g*g*g; skewed = np.where(g > 0, g*g*g, g/16)
 * v = relu.astype(np.float32)  # and so on
 * }</pre>
 */
public enum Activations {
  /** Half zeros, a tail above, as after a rectifier. */
  RELU,
  /** A bell. */
  NORMAL,
  /** Long tails on both sides. */
  HEAVY,
  /** A long tail above and a short one below, as after GELU. */
  SKEWED;

  public static final int COUNT = 20_000;

  private double of(double bell) {
    return switch (this) {
      case RELU -> Math.max(bell * bell * bell, 0);
      case NORMAL -> bell;
      case HEAVY -> bell * bell * bell * bell * bell;
      case SKEWED -> bell > 0 ? bell * bell * bell : bell / 16;
    };
  }

  public float[] draw() {
    float[] values = new float[COUNT];
    int state = 1;
    for (int i = 0; i < COUNT; i++) {
      double sum = 0;
      for (int j = 0; j < 4; j++) {
        state = 1664525 * state + 1013904223;
        sum += Integer.toUnsignedLong(state) * 0x1p-32;
      }
      values[i] = (float) of(sum - 2);
    }
    return values;
  }

  public Histogram histogram() {
    Histogram histogram = new Histogram();
    histogram.add(draw());
    return histogram;
  }

  /** Mean squared error of rounding these very values, in double precision. */
  public double squaredError(Range range, int levels) {
    double scale = range.scale(levels);
    int zeroPoint = range.zeroPoint(levels);
    double sum = 0;
    for (float value : draw()) {
      double level = Math.rint(value / scale) + zeroPoint;
      double rounded = (Math.max(0, Math.min(levels - 1, level)) - zeroPoint) * scale;
      sum += (value - rounded) * (value - rounded);
    }
    return sum / COUNT;
  }
}
