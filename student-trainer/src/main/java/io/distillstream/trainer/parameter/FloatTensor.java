package io.distillstream.trainer.parameter;

import java.util.Arrays;

/**
 * A dense fp32 array on the heap, row-major, in one piece or one per row.
 *
 * <p>It is a plain carrier of the arrays it was given, because a state holds tens of megabytes.
 * Whoever makes a tensor gives its arrays away and writes to them no more; whoever receives one
 * reads it and leaves it as it is.
 */
public final class FloatTensor {
  private final int[] shape;
  private final float[][] pieces;

  /**
   * Takes over {@code values}.
   *
   * @throws IllegalArgumentException if the shape's product is not the number of values
   */
  public FloatTensor(int[] shape, float[] values) {
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
    this.pieces = new float[][] {values};
  }

  private FloatTensor(float[][] rows) {
    this.shape = new int[] {rows.length, rows[0].length};
    this.pieces = rows;
  }

  /**
   * A matrix whose rows stay apart, in constant time. Takes over {@code rows}, all equally long.
   *
   * @throws IllegalArgumentException if there is no row, or nothing in the first
   */
  public static FloatTensor ofRows(float[][] rows) {
    if (rows.length == 0 || rows[0].length == 0) {
      throw new IllegalArgumentException("a matrix has at least one row and column");
    }
    return new FloatTensor(rows);
  }

  public static FloatTensor zeros(int... shape) {
    return new FloatTensor(shape, new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
  }

  public int[] shape() {
    return shape.clone();
  }

  public boolean hasShape(int... expected) {
    return Arrays.equals(shape, expected);
  }

  /** The values, row-major, to be read only: the array itself, or a new one of separate rows. */
  public float[] values() {
    if (pieces.length == 1) {
      return pieces[0];
    }
    float[] values = new float[pieces.length * pieces[0].length];
    for (int row = 0; row < pieces.length; row++) {
      System.arraycopy(pieces[row], 0, values, row * pieces[row].length, pieces[row].length);
    }
    return values;
  }

  /** The rows of a matrix, to be read only: the arrays themselves, or new ones of a whole. */
  public float[][] rows() {
    if (shape.length != 2) {
      throw new IllegalStateException("only a matrix has rows, not " + this);
    }
    if (pieces.length == shape[0]) {
      return pieces.clone();
    }
    float[][] rows = new float[shape[0]][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(pieces[0], row * shape[1], (row + 1) * shape[1]);
    }
    return rows;
  }

  /** Some rows of a matrix: in one piece, if this is, and otherwise the arrays themselves. */
  public FloatTensor selectRows(int... kept) {
    if (pieces.length == 1) {
      int columns = shape[1];
      float[] values = new float[Math.multiplyExact(kept.length, columns)];
      for (int i = 0; i < kept.length; i++) {
        System.arraycopy(pieces[0], kept[i] * columns, values, i * columns, columns);
      }
      return new FloatTensor(new int[] {kept.length, columns}, values);
    }
    return ofRows(Arrays.stream(kept).mapToObj(row -> pieces[row]).toArray(float[][]::new));
  }

  /** Bit for bit, so that NaN equals itself and 0.0 differs from -0.0. */
  @Override
  public boolean equals(Object other) {
    return other instanceof FloatTensor that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(values(), that.values());
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values());
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }
}
