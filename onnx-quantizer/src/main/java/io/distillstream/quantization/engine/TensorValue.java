package io.distillstream.quantization.engine;

import io.distillstream.onnx.ElementType;
import java.util.Arrays;

/**
 * A tensor that a model takes or gives, on the Java heap: shape and values in row-major order.
 * Numbers with a fraction are held as {@code float}, whole ones and truth values as {@code long},
 * whatever the model's own element type is.
 *
 * <p>Immutable by convention: the arrays are not copied, and nobody writes to them.
 */
public final class TensorValue {
  private final long[] shape;
  private final float[] floats;
  private final long[] longs;

  private TensorValue(long[] shape, float[] floats, long[] longs) {
    this.shape = shape.clone();
    this.floats = floats;
    this.longs = longs;
    long expected = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (expected != floats.length + longs.length) {
      throw new IllegalArgumentException(
          "Shape %s holds %d values, got %d"
              .formatted(Arrays.toString(shape), expected, floats.length + longs.length));
    }
  }

  /** Numbers with a fraction; takes the array over. */
  public static TensorValue of(float[] values, long... shape) {
    return new TensorValue(shape, values, new long[0]);
  }

  /** Whole numbers; takes the array over. */
  public static TensorValue of(long[] values, long... shape) {
    return new TensorValue(shape, new float[0], values);
  }

  /** Whether values of this element type are held as {@code float}. */
  public static boolean holdsFloats(ElementType type) {
    return switch (type) {
      case FLOAT32, FLOAT16, FLOAT64 -> true;
      case UINT8, INT8, INT32, INT64, BOOL -> false;
    };
  }

  public long[] shape() {
    return shape.clone();
  }

  /** Number of axes. */
  public int rank() {
    return shape.length;
  }

  /** Length of the last axis; 1 for a scalar. */
  public int lastLength() {
    return shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
  }

  /** Number of values. */
  public int size() {
    return floats.length + longs.length;
  }

  /** Whether {@link #floats} has the values, otherwise {@link #longs} has. */
  public boolean isFloat() {
    return longs.length == 0;
  }

  /** The values, not a copy; to be read only. Empty if they are whole numbers. */
  public float[] floats() {
    return floats;
  }

  /** The values, not a copy; to be read only. Empty if they have a fraction. */
  public long[] longs() {
    return longs;
  }

  @Override
  public String toString() {
    return "%s%s".formatted(isFloat() ? "float" : "long", Arrays.toString(shape));
  }
}
