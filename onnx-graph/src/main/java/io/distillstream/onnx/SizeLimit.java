package io.distillstream.onnx;

/** The size that a file in protobuf's format cannot exceed. */
final class SizeLimit {
  static final long MAX_BYTES = Integer.MAX_VALUE;

  private SizeLimit() {}

  /**
   * Checks a size computed in advance.
   *
   * @throws InvalidModelException if no single file can hold it
   */
  static void check(long bytes, String model) {
    if (bytes > MAX_BYTES) {
      throw new InvalidModelException(
          "%s takes %d bytes with its weights, and an ONNX file in one piece ends at %d. Export it in half precision, or split it into models that run one after the other"
              .formatted(model, bytes, MAX_BYTES));
    }
  }
}
