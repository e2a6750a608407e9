package io.distillstream.wire.payload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arrays of unsigned 32-bit integers and of IEEE 754 binary32, little-endian. */
final class Words {

  private Words() {}

  static ByteBuffer write(int... values) {
    ByteBuffer bytes = allocate(values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.flip();
  }

  static ByteBuffer write(float... values) {
    ByteBuffer bytes = allocate(values.length);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.flip();
  }

  private static ByteBuffer allocate(int words) {
    return ByteBuffer.allocate(words * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Values from 2³¹ on come out negative, which no index may be. */
  static int[] integers(String what, ByteBuffer values, long expected) {
    ByteBuffer bytes = sized(what, values, expected, Integer.BYTES);
    int[] result = new int[(int) expected];
    for (int i = 0; i < result.length; i++) {
      result[i] = bytes.getInt();
    }
    return result;
  }

  static float[] floats(String what, ByteBuffer values, long expected) {
    ByteBuffer bytes = sized(what, values, expected, Float.BYTES);
    float[] result = new float[(int) expected];
    for (int i = 0; i < result.length; i++) {
      result[i] = bytes.getFloat();
    }
    return result;
  }

  /**
   * A little-endian view that leaves the buffer's position alone.
   *
   * @throws IllegalArgumentException if it does not hold so many values
   */
  static ByteBuffer sized(String what, ByteBuffer values, long expected, int valueBytes) {
    ByteBuffer bytes = values.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() != expected * valueBytes) {
      throw new IllegalArgumentException(
          "%s need %d bytes, found %d".formatted(what, expected * valueBytes, bytes.remaining()));
    }
    return bytes;
  }
}
