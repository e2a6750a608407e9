package io.distillstream.model.safetensors;

import java.util.List;

/**
 * Where a tensor lies in its file.
 *
 * @param shape row-major dimensions; empty for a scalar
 * @param offset first byte, counted from the end of the header
 */
public record TensorInfo(String name, TensorType type, List<Long> shape, long offset) {
  public TensorInfo {
    shape = List.copyOf(shape);
    if (shape.stream().anyMatch(dimension -> dimension < 0)) {
      throw new IllegalArgumentException(String.format("Tensor %s has shape %s", name, shape));
    }
  }

  /** Number of elements: the product of the dimensions. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Number of bytes in the file. */
  public long bytes() {
    return Math.multiplyExact(elements(), type.bytes());
  }
}
