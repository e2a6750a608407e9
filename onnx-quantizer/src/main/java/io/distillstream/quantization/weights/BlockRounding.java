package io.distillstream.quantization.weights;

import io.distillstream.foundation.Binary16;

/** Finds the scale of one block, and rounds its weights. */
final class BlockRounding {
  /** Below it a block is all but zeros; in fp16 a scale would lose most of its digits. */
  private static final float LEAST_HALF_SCALE = 0x1p-14f;

  private final BlockWeights.Layout layout;
  private final boolean halfScales;

  BlockRounding(BlockWeights.Layout layout, boolean halfScales) {
    this.layout = layout;
    this.halfScales = halfScales;
  }

  /**
   * The scale with the least squared error among a few.
   *
   * @param clips by which to multiply the largest scale; tried in 4 bits only
   */
  float scale(float[] weights, int from, int to, float[] clips) {
    float extreme = extreme(weights, from, to);
    if (layout.bits() == 8) {
      return storable(Math.abs(extreme) / layout.levels());
    }
    float best = storable(Math.abs(extreme) / layout.levels());
    double least = squaredError(weights, from, to, best);
    // A negative scale lets the largest magnitude, whatever its sign, be the code furthest from 0.
    for (float widest : new float[] {-extreme / layout.zero(), extreme / layout.levels()}) {
      for (float clip : clips) {
        float scale = storable(widest * clip);
        double error = squaredError(weights, from, to, scale);
        if (error < least) {
          least = error;
          best = scale;
        }
      }
    }
    return best;
  }

  /** The value of largest magnitude, with its sign. */
  private static float extreme(float[] weights, int from, int to) {
    float extreme = 0;
    for (int i = from; i < to; i++) {
      if (!(Math.abs(weights[i]) <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException("weight %d is %s".formatted(i, weights[i]));
      }
      extreme = Math.abs(weights[i]) > Math.abs(extreme) ? weights[i] : extreme;
    }
    return extreme;
  }

  private float storable(float scale) {
    float least = halfScales ? LEAST_HALF_SCALE : Float.MIN_NORMAL;
    if (Math.abs(scale) < least) {
      return 1;
    }
    if (!halfScales) {
      return scale;
    }
    float stored = Binary16.toFloat(Binary16.fromFloat(scale));
    if (Float.isInfinite(stored)) {
      throw new IllegalArgumentException("a block's scale of %s overflows fp16".formatted(scale));
    }
    return stored;
  }

  private double squaredError(float[] weights, int from, int to, float scale) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      double difference = (double) weights[i] - level(weights[i], scale) * scale;
      sum += difference * difference;
    }
    return sum;
  }

  /** The nearest number of scales that has a code. */
  int level(float weight, float scale) {
    int least = layout.bits() == 4 ? -layout.zero() : -layout.levels();
    // In double: the quotient of two floats can round across the middle between two levels.
    return Math.max(least, Math.min(layout.levels(), (int) Math.rint((double) weight / scale)));
  }
}
