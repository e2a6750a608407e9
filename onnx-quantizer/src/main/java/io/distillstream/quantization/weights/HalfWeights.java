package io.distillstream.quantization.weights;

import io.distillstream.foundation.Binary16;
import io.distillstream.onnx.Tensor;

/** A constant in fp16. Weights beyond its range become its largest number. */
public final class HalfWeights {
  private static final float LARGEST = 65504;

  private final short[] values;
  private final WeightError error;

  private HalfWeights(short[] values, WeightError error) {
    this.values = values;
    this.error = error;
  }

  /**
   * Rounds a constant.
   *
   * @throws IllegalArgumentException if a weight is not finite
   */
  public static HalfWeights of(float[] weights) {
    short[] values = new short[weights.length];
    WeightError.Sum error = new WeightError.Sum();
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(weights[i]) <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException("weight %d is %s".formatted(i, weights[i]));
      }
      values[i] = Binary16.fromFloat(Math.max(-LARGEST, Math.min(LARGEST, weights[i])));
      error.add(weights[i], Binary16.toFloat(values[i]));
    }
    return new HalfWeights(values, error.total());
  }

  /** The constant of a graph. */
  public Tensor tensor(String name, long... dims) {
    return Tensor.float16(name, values, dims);
  }

  /** What is left of the weights. */
  public float[] restored() {
    float[] restored = new float[values.length];
    for (int i = 0; i < restored.length; i++) {
      restored[i] = Binary16.toFloat(values[i]);
    }
    return restored;
  }

  /** Space in a file. */
  public long bytes() {
    return (long) Short.BYTES * values.length;
  }

  public WeightError error() {
    return error;
  }
}
