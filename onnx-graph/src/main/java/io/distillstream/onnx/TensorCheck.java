package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares what a constant claims to be with the values that it holds. */
final class TensorCheck {
  private TensorCheck() {}

  /**
   * Checks the number of values.
   *
   * @throws InvalidModelException if it is not what dimensions and element type demand
   */
  static void check(TensorProto tensor) {
    Optional<ElementType> type =
        Arrays.stream(ElementType.values())
            .filter(known -> known.code() == tensor.getDataType())
            .findFirst();
    // Other element types may stand in parts of a graph that nobody touches.
    if (type.isPresent()) {
      check(tensor, type.get());
    }
  }

  private static void check(TensorProto tensor, ElementType type) {
    long elements = elements(tensor.getName(), tensor.getDimsList());
    if (!tensor.getRawData().isEmpty()) {
      expect(tensor, type, "bytes", bytes(tensor, elements, type), tensor.getRawData().size());
      return;
    }
    int values =
        switch (type) {
          case FLOAT32 -> tensor.getFloatDataCount();
          case FLOAT64 -> tensor.getDoubleDataCount();
          case INT64 -> tensor.getInt64DataCount();
          case INT32, INT8, UINT8, BOOL, FLOAT16 -> tensor.getInt32DataCount();
        };
    expect(tensor, type, "values", elements, values);
  }

  private static long bytes(TensorProto tensor, long elements, ElementType type) {
    return elements(tensor.getName(), List.of(elements, (long) type.bytes()));
  }

  private static void expect(
      TensorProto tensor, ElementType type, String unit, long needed, long actual) {
    if (needed != actual) {
      throw new InvalidModelException(
          "Tensor %s: %s %s needs %d %s, has %d"
              .formatted(tensor.getName(), type, tensor.getDimsList(), needed, unit, actual));
    }
  }

  /** Number of values by the dimensions; 1 without any. */
  static long elements(String name, List<Long> dims) {
    long product = 1;
    for (long dim : dims) {
      if (dim < 0) {
        throw new InvalidModelException("Tensor %s has a negative dimension".formatted(name));
      }
      try {
        product = Math.multiplyExact(product, dim);
      } catch (ArithmeticException e) {
        throw new InvalidModelException("Tensor %s is too large: %s".formatted(name, dims), e);
      }
    }
    return product;
  }
}
