package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/** What the elements of a tensor are. */
public enum ElementType {
  FLOAT32(DataType.FLOAT_VALUE, Float.BYTES),
  UINT8(DataType.UINT8_VALUE, Byte.BYTES),
  INT8(DataType.INT8_VALUE, Byte.BYTES),
  INT32(DataType.INT32_VALUE, Integer.BYTES),
  INT64(DataType.INT64_VALUE, Long.BYTES),
  BOOL(DataType.BOOL_VALUE, Byte.BYTES),
  FLOAT16(DataType.FLOAT16_VALUE, Short.BYTES),
  FLOAT64(DataType.DOUBLE_VALUE, Double.BYTES);

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The number that stands for this type in an ONNX file, also in the {@code to} of a Cast. */
  public int code() {
    return code;
  }

  /** Size of one element. */
  public int bytes() {
    return bytes;
  }

  static ElementType ofCode(int code, String tensor) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new InvalidModelException(
        "Tensor %s has element type %s, which is not supported"
            .formatted(tensor, DataType.forNumber(code)));
  }
}
