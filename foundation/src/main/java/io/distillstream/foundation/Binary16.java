package io.distillstream.foundation;

/** IEEE 754 binary16 from and to float, rounding to nearest, ties to even. */
public final class Binary16 {
  private static final int EXPONENT_REBIAS = (127 - 15) << 23;

  private Binary16() {}

  /** The binary16 nearest to {@code value}; overflow gives infinity, NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x4780_0000) {
      // 65,536 and above; what lies between 65,520 and that overflows by rounding further down.
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x3880_0000) {
      // Below 2^-14 the result is a multiple of 2^-24: adding 0.5, whose ulp is 2^-24, rounds so.
      int rounded = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f);
      return (short) (sign | (rounded - 0x3f00_0000));
    }
    int odd = (magnitude >>> 13) & 1;
    return (short) (sign | ((magnitude - EXPONENT_REBIAS + 0xfff + odd) >>> 13));
  }

  /** The float equal to {@code half}; exact. */
  public static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f80_0000 | (mantissa << 13));
    }
    return Float.intBitsToFloat(sign | ((exponent << 23) + EXPONENT_REBIAS) | (mantissa << 13));
  }
}
