package io.distillstream.model.safetensors;

/** Element types of {@link Safetensors}; the names are those in the file. */
public enum TensorType {
  F32(4),
  F16(2),
  I64(8),
  I32(4),
  I8(1),
  U8(1);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
