package io.distillstream.wire;

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
      bytes.putShort(toHalf(Math.max(-MAX_HALF, Math.min(MAX_HALF, value))));
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
      result[i] = toFloat(bytes.getShort());
      if (!Float.isFinite(result[i])) {
        throw new IllegalArgumentException(what + ": value " + i + " is " + result[i]);
      }
    }
    return result;
  }

  /** Java 17 has no {@code Float.floatToFloat16}. */
  static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) {
      // Subnormal half: scaling by 2²⁴ makes the half's units integers, rint rounds ties to even.
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 16_777_216.0));
    }
    int rounded = magnitude + 0x0fff + ((magnitude >>> 13) & 1);
    return (short) (sign | ((rounded - 0x38000000) >>> 13));
  }

  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (mantissa << 13));
    }
    if (exponent == 0) {
      float magnitude = mantissa / 16_777_216f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << 13));
  }
}
