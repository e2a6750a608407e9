package io.distillstream.onnx;

/** IEEE 754 binary16, which Java 17 cannot convert by itself. */
final class HalfFloat {
  private static final float SMALLEST_SUBNORMAL = 0x1p-24f;

  private HalfFloat() {}

  /** Exact: every binary16 value, NaN and the infinities included, is a binary32 value. */
  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * SMALLEST_SUBNORMAL;
      return sign == 0 ? magnitude : -magnitude;
    }
    // Binary32 has 8 exponent bits with bias 127 where binary16 has 5 with bias 15.
    int widened = exponent == 0x1f ? 0xff : exponent + (127 - 15);
    return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
  }
}
