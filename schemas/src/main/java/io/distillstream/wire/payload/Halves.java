package io.distillstream.wire.payload;

import io.distillstream.foundation.Binary16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** IEEE 754 binary16, little-endian. Rounds to nearest, ties to even. */
final class Halves {

  private static final float MAX_HALF = 65_504f;

  private Halves() {}

  /** Magnitudes beyond 65,504 are clamped to it. */
  static ByteBuffer write(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(Binary16.fromFloat(Math.max(-MAX_HALF, Math.min(MAX_HALF, value))));
    }
    return bytes.flip();
  }

  /**
   * @param what for messages
   * @throws IllegalArgumentException if there are not so many, or one is not finite
   */
  static float[] read(String what, ByteBuffer values, long expected) {
    ByteBuffer bytes = Words.sized(what, values, expected, Short.BYTES);
    float[] result = new float[(int) expected];
    for (int i = 0; i < result.length; i++) {
      result[i] = Binary16.toFloat(bytes.getShort());
      if (!Float.isFinite(result[i])) {
        throw new IllegalArgumentException(what + ": value " + i + " is " + result[i]);
      }
    }
    return result;
  }
}
