package io.distillstream.quantization.data;

import io.distillstream.foundation.Binary16;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Element types of NumPy arrays that can be read, under NumPy's own names. */
enum NpyType {
  F2(2),
  F4(4),
  F8(8),
  I1(1),
  I2(2),
  I4(4),
  I8(8),
  U1(1),
  U2(2),
  U4(4),
  B1(1);

  private final int bytes;

  NpyType(int bytes) {
    this.bytes = bytes;
  }

  /** As after the byte order in a {@code descr}, such as {@code f4}. */
  static Optional<NpyType> of(String name) {
    return Arrays.stream(values()).filter(type -> type.text().equals(name)).findFirst();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  int bytes() {
    return bytes;
  }

  boolean isFloat() {
    return this == F2 || this == F4 || this == F8;
  }

  /** The next value of a buffer in its byte order; whole numbers are exact up to 2²⁴. */
  float readFloat(ByteBuffer buffer) {
    return switch (this) {
      case F2 -> Binary16.toFloat(buffer.getShort());
      case F4 -> buffer.getFloat();
      case F8 -> (float) buffer.getDouble();
      case I1, I2, I4, I8, U1, U2, U4, B1 -> readLong(buffer);
    };
  }

  /** The next value of a buffer in its byte order; for whole numbers and truth values only. */
  long readLong(ByteBuffer buffer) {
    return switch (this) {
      case I1 -> buffer.get();
      case I2 -> buffer.getShort();
      case I4 -> buffer.getInt();
      case I8 -> buffer.getLong();
      case U1, B1 -> Byte.toUnsignedLong(buffer.get());
      case U2 -> Short.toUnsignedLong(buffer.getShort());
      case U4 -> Integer.toUnsignedLong(buffer.getInt());
      case F2, F4, F8 -> throw new IllegalStateException(this + " is no whole number");
    };
  }
}
