package io.distillstream.trainer.parameter;

import java.util.Arrays;

/**
 * A dense fp32 array, row-major: on the heap, in one piece or one per row, or elsewhere, from where
 * it is read whenever it is asked for.
 *
 * <p>It is a plain carrier of the arrays it was given, because a state holds tens of megabytes to
 * gigabytes. Whoever makes a tensor gives its arrays away and writes to them no more; whoever
 * receives one reads it and leaves it as it is.
 */
public final class FloatTensor {
  private final int[] shape;
  private volatile Values values;

  /** Where values are when they are not on the heap. */
  @FunctionalInterface
  public interface Source {
    /** All values, row-major, in an array that nobody else has. */
    float[] read();
  }

  private sealed interface Values {}

  @SuppressWarnings("ArrayRecordComponent")
  private record OnHeap(float[][] pieces) implements Values {}

  private record Elsewhere(Source source) implements Values {}

  /**
   * Takes over {@code values}.
   *
   * @throws IllegalArgumentException if the shape's product is not the number of values
   */
  public FloatTensor(int[] shape, float[] values) {
    long expected = size(shape);
    if (expected != values.length) {
      throw new IllegalArgumentException(
          "shape %s holds %d values, got %d"
              .formatted(Arrays.toString(shape), expected, values.length));
    }
    this.shape = shape.clone();
    this.values = new OnHeap(new float[][] {values});
  }

  private static long size(int... shape) {
    long size = 1;
    for (int extent : shape) {
      if (extent < 1) {
        throw new IllegalArgumentException("extents start at 1, got " + Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, extent);
    }
    return size;
  }

  private FloatTensor(int[] shape, Values values) {
    this.shape = shape;
    this.values = values;
  }

  /** A tensor that is read when it is asked for, each time anew. */
  public static FloatTensor from(Source source, int... shape) {
    size(shape);
    return new FloatTensor(shape.clone(), new Elsewhere(source));
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
    return new FloatTensor(new int[] {rows.length, rows[0].length}, new OnHeap(rows));
  }

  /** Zeros, which take no memory until they are asked for. */
  public static FloatTensor zeros(int... shape) {
    int size = Math.toIntExact(size(shape));
    return from(() -> new float[size], shape);
  }

  /** Whether the values are on the heap, so that their arrays may have other readers. */
  public boolean isOnHeap() {
    return values instanceof OnHeap;
  }

  /**
   * Drops the arrays in favour of {@code source}, which has the same values. Whoever asks from now
   * on, on any thread, is given what is read from there.
   */
  public void moveTo(Source source) {
    values = new Elsewhere(source);
  }

  public int[] shape() {
    return shape.clone();
  }

  public boolean hasShape(int... expected) {
    return Arrays.equals(shape, expected);
  }

  /**
   * The values one piece behind the other, to be read only: the arrays themselves, or a new one of
   * what lies elsewhere.
   */
  public float[][] pieces() {
    Values now = values;
    return now instanceof Elsewhere elsewhere
        ? new float[][] {elsewhere.source.read()}
        : ((OnHeap) now).pieces.clone();
  }

  /** The values, row-major, to be read only: the array itself, or a new one of separate rows. */
  public float[] values() {
    float[][] pieces = pieces();
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
    float[][] pieces = pieces();
    if (pieces.length == shape[0]) {
      return pieces;
    }
    float[][] rows = new float[shape[0]][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(pieces[0], row * shape[1], (row + 1) * shape[1]);
    }
    return rows;
  }

  /** Some rows of a matrix: in one piece, if this is, and otherwise the arrays themselves. */
  public FloatTensor selectRows(int... kept) {
    float[][] pieces = pieces();
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
