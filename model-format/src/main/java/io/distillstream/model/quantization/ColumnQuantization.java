package io.distillstream.model.quantization;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A matrix as 8-bit integers with one scale per column: {@code w[r, c] ≈ scale[c] · value[r, c]}.
 *
 * <p>Symmetric: the largest magnitude of a column becomes ±127 and zero stays exactly zero; -128 is
 * never used, so that a value and its negation are equally precise. With round to nearest the error
 * of a weight is at most half its column's scale.
 *
 * <p>It stands where trainer and quantizer share it: a student that trains on what will be left of
 * its weights must round them as the quantizer does, bit for bit.
 */
public final class ColumnQuantization {
  /** Largest magnitude of a quantized weight. */
  public static final int LEVELS = 127;

  /** What stands for zero in {@link #unsignedValues()}. */
  public static final int UNSIGNED_ZERO_POINT = 128;

  /** In a model large enough, a matrix that saves less stays as it is. */
  private static final long SMALL_BYTES = 16 * 1024;

  /** What all matrices that stay for being small may make up of what 8 bits save: one part of. */
  private static final long SMALL_SHARE = 50;

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
  public static ColumnQuantization of(float[] weights, int rows, int columns) {
    if (weights.length != rows * columns) {
      throw new IllegalArgumentException(
          String.format("%d weights do not fill [%d, %d]", weights.length, rows, columns));
    }
    float[] scales = scales(weights, 0, weights.length, columns);
    byte[] values = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      values[i] = level(weights[i], scales[i % columns]);
    }
    return new ColumnQuantization(values, scales);
  }

  /** How much smaller it makes a matrix: one byte instead of four per weight, four per scale. */
  public static long savedBytes(int rows, int columns) {
    return 3L * rows * columns - (long) Float.BYTES * columns;
  }

  /**
   * What a matrix of some model must save to be worth its precision and the additional nodes: 16
   * KiB, or less where those below would together make up more than a fiftieth of what can be
   * saved. So the classifier of a student, whose rounding would reach the logits undamped, stays as
   * it is, and of a model whose matrices are all small, no more than a fiftieth does.
   *
   * @param savedBytes of each of the model's matrices; what saves nothing does not count
   */
  public static long minSavedBytes(LongStream savedBytes) {
    long[] ascending = savedBytes.filter(bytes -> bytes > 0).sorted().toArray();
    long left = Arrays.stream(ascending).sum() / SMALL_SHARE;
    for (long bytes : ascending) {
      left -= bytes;
      if (left < 0 || bytes >= SMALL_BYTES) {
        return Math.min(bytes, SMALL_BYTES);
      }
    }
    return SMALL_BYTES;
  }

  /**
   * What is left of a weight: {@code scale} times the nearest of the 255 levels.
   *
   * @param scale of its column
   */
  public static float rounded(float weight, float scale) {
    return level(weight, scale) * scale;
  }

  /**
   * The whole number of scales nearest to a weight, a middle going to the even one.
   *
   * @param scale at least the weight's magnitude by 127
   */
  public static byte level(float weight, float scale) {
    // In double: the quotient of two floats can round across the middle between two levels.
    return (byte) Math.rint((double) weight / scale);
  }

  /**
   * The scale at which a magnitude becomes the given level.
   *
   * @param largest magnitude, finite
   * @param levels 127, or fewer where kernels leave less room
   */
  public static float scale(float largest, int levels) {
    float scale = largest / levels;
    // A column of (all but) zeros has no scale of its own; its values become exact zeros.
    return scale < Float.MIN_NORMAL ? 1 : scale;
  }

  /**
   * The scales of a matrix's columns, {@code [columns]}.
   *
   * @param weights holds the matrix, row-major, in {@code length} values from {@code offset} on
   * @throws IllegalArgumentException if a weight is not finite
   */
  public static float[] scales(float[] weights, int offset, int length, int columns) {
    float[] largest = new float[columns];
    for (int start = offset; start < offset + length; start += columns) {
      raise(largest, weights, start, (start - offset) / columns);
    }
    return ofLargest(largest);
  }

  /** The same of a matrix whose rows stand apart, {@code [rows][columns]}. */
  public static float[] scales(float[][] rows) {
    float[] largest = new float[rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      raise(largest, rows[row], 0, row);
    }
    return ofLargest(largest);
  }

  private static void raise(float[] largest, float[] weights, int start, int row) {
    for (int c = 0; c < largest.length; c++) {
      float magnitude = Math.abs(weights[start + c]);
      if (!(magnitude <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            String.format("weight [%d, %d] is %s", row, c, weights[start + c]));
      }
      largest[c] = Math.max(largest[c], magnitude);
    }
  }

  private static float[] ofLargest(float[] largest) {
    for (int c = 0; c < largest.length; c++) {
      largest[c] = scale(largest[c], LEVELS);
    }
    return largest;
  }

  /** [rows, columns], row-major, each in [-127, 127]. */
  public byte[] values() {
    return values.clone();
  }

  /** [columns], positive. */
  public float[] scales() {
    return scales.clone();
  }

  /**
   * The same values moved to [1, 255], to be read as unsigned with zero point 128.
   *
   * <p>Integer kernels for unsigned activations times <em>signed</em> weights add two neighbouring
   * products in 16 bits on processors with AVX2 and without VNNI, where 2 · 255 · 127 saturates.
   * Those for unsigned times unsigned do not.
   */
  public byte[] unsignedValues() {
    byte[] shifted = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      shifted[i] = (byte) (values[i] + UNSIGNED_ZERO_POINT);
    }
    return shifted;
  }
}
