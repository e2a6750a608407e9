package io.distillstream.trainer.student;

import java.util.Arrays;

/**
 * A dense fp32 array on the heap, row-major.
 *
 * <p>It is a plain carrier: {@link #values()} is the array itself, not a copy, because a state
 * holds tens of megabytes. Whoever receives a tensor reads it and leaves it as it is.
 */
public final class Tensor {
  private final int[] shape;
  private final float[] values;

  /**
   * Takes over {@code values}.
   *
   * @throws IllegalArgumentException if the shape's product is not the number of values
   */
  public Tensor(int[] shape, float[] values) {
    long expected = 1;
    for (int extent : shape) {
      if (extent < 1) {
        throw new IllegalArgumentException("extents start at 1, got " + Arrays.toString(shape));
      }
      expected *= extent;
    }
    if (expected != values.length) {
      throw new IllegalArgumentException(
          "shape %s holds %d values, got %d"
              .formatted(Arrays.toString(shape), expected, values.length));
    }
    this.shape = shape.clone();
    this.values = values;
  }

  public static Tensor zeros(int... shape) {
    return new Tensor(shape, new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
  }

  public int[] shape() {
    return shape.clone();
  }

  public boolean hasShape(int... expected) {
    return Arrays.equals(shape, expected);
  }

  /** The values themselves, row-major; to be read only. */
  public float[] values() {
    return values;
  }

  /** Bit for bit, so that NaN equals itself and 0.0 differs from -0.0. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }
}
