package io.distillstream.quantizer;

/**
 * A matrix as 8-bit integers with one scale per column: {@code w[r, c] ≈ scale[c] · value[r, c]}.
 *
 * <p>Symmetric: the largest magnitude of a column becomes ±127 and zero stays exactly zero; -128 is
 * never used, so that a value and its negation are equally precise. With round to nearest the error
 * of a weight is at most half its column's scale.
 */
final class ColumnQuantization {
  /** Largest magnitude of a quantized weight. */
  static final int LEVELS = 127;

  /** What stands for zero in {@link #unsignedValues()}. */
  static final int UNSIGNED_ZERO_POINT = 128;

  private final byte[] values;
  private final float[] scales;

  private ColumnQuantization(byte[] values, float[] scales) {
    this.values = values;
    this.scales = scales;
  }

  /**
   * Quantizes a matrix.
   *
   * @param weights [rows, columns], row-major
   * @throws IllegalArgumentException if a weight is not finite
   */
  static ColumnQuantization of(float[] weights, int rows, int columns) {
    if (weights.length != rows * columns) {
      throw new IllegalArgumentException(
          "%d weights do not fill [%d, %d]".formatted(weights.length, rows, columns));
    }
    float[] scales = scales(weights, columns);
    byte[] values = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      // In double: the quotient of two floats can round across the middle between two levels.
      values[i] = (byte) Math.rint((double) weights[i] / scales[i % columns]);
    }
    return new ColumnQuantization(values, scales);
  }

  private static float[] scales(float[] weights, int columns) {
    float[] largest = new float[columns];
    for (int i = 0; i < weights.length; i++) {
      if (!Float.isFinite(weights[i])) {
        throw new IllegalArgumentException(
            "weight [%d, %d] is %s".formatted(i / columns, i % columns, weights[i]));
      }
      largest[i % columns] = Math.max(largest[i % columns], Math.abs(weights[i]));
    }
    for (int c = 0; c < columns; c++) {
      float scale = largest[c] / LEVELS;
      // A column of (all but) zeros has no scale of its own; its values become exact zeros.
      largest[c] = scale < Float.MIN_NORMAL ? 1 : scale;
    }
    return largest;
  }

  /** [rows, columns], row-major, each in [-127, 127]. */
  byte[] values() {
    return values.clone();
  }

  /** [columns], positive. */
  float[] scales() {
    return scales.clone();
  }

  /**
   * The same values moved to [1, 255], to be read as unsigned with zero point 128.
   *
   * <p>Integer kernels for unsigned activations times <em>signed</em> weights add two neighbouring
   * products in 16 bits on processors with AVX2 and without VNNI, where 2 · 255 · 127 saturates.
   * Those for unsigned times unsigned do not.
   */
  byte[] unsignedValues() {
    byte[] shifted = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      shifted[i] = (byte) (values[i] + UNSIGNED_ZERO_POINT);
    }
    return shifted;
  }
}
