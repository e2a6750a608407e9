package io.distillstream.onnx.delta;

import java.util.List;

/**
 * A tensor whose values lie in the file as they are in memory.
 *
 * @param name unique in its file
 * @param type number of the element type in ONNX
 * @param dims lengths of the axes
 * @param at where its values begin in the file
 * @param bytes how many bytes they are
 */
record StoredTensor(String name, int type, List<Long> dims, int at, int bytes) {
  StoredTensor {
    dims = List.copyOf(dims);
  }

  int end() {
    return at + bytes;
  }

  /** Whether the values of both mean the same, place by place. */
  boolean matches(StoredTensor other) {
    return type == other.type && bytes == other.bytes && dims.equals(other.dims);
  }

  /**
   * How many bytes make a row: all axes but the first that is longer than 1, or the last one alone
   * where these are too many. A vector has rows of one element, since its neighbours stand above
   * none.
   *
   * @param most that a row may have
   */
  int rowBytes(int most) {
    long elements = dims.stream().reduce(1L, (a, b) -> a * b);
    long rows = dims.stream().filter(length -> length > 1).findFirst().orElse(1L);
    long all = bytes / Math.max(1, rows);
    if (all <= most) {
      return (int) all;
    }
    long last = bytes / Math.max(1, elements) * dims.get(dims.size() - 1);
    return (int) Math.min(most, last);
  }

  /** Length of the last axis. */
  long lastAxis() {
    return dims.isEmpty() ? 1 : dims.get(dims.size() - 1);
  }

  /** Whether its first axes have together so many elements. */
  boolean leads(long count) {
    long product = 1;
    for (int axis = 0; axis < dims.size() && product < count; axis++) {
      product *= dims.get(axis);
    }
    return product == count;
  }
}
