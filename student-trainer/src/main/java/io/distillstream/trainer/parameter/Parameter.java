package io.distillstream.trainer.parameter;

/**
 * Name and extent of one trained tensor.
 *
 * @param rows 0 for a vector
 */
public record Parameter(String name, int rows, int columns) {
  Parameter(String name, int length) {
    this(name, 0, length);
  }

  /** {@code [rows, columns]}, or {@code [columns]} for a vector. */
  public int[] shape() {
    return isMatrix() ? new int[] {rows, columns} : new int[] {columns};
  }

  public boolean isMatrix() {
    return rows > 0;
  }

  /** Number of values. */
  public int size() {
    return isMatrix() ? Math.multiplyExact(rows, columns) : columns;
  }
}
