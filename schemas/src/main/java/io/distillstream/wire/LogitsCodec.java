package io.distillstream.wire;

import io.distillstream.avro.DenseLogits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Logits as IEEE 754 binary16, little-endian, row-major {@code [positions, classes]}. Rounds to
 * nearest, ties to even; the relative error is at most 2⁻¹¹ for magnitudes from 6.1e-5 to 65,504.
 */
public final class LogitsCodec {

  private static final float MAX_HALF = 65_504f;

  private LogitsCodec() {}

  /**
   * Encodes the logits of one position. Magnitudes beyond 65,504 are clamped to it.
   *
   * @param logits {@code [classes]}, finite
   * @throws IllegalArgumentException if a logit is not finite
   */
  public static DenseLogits encode(float[] logits) {
    ByteBuffer bytes =
        ByteBuffer.allocate(logits.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < logits.length; c++) {
      if (!Float.isFinite(logits[c])) {
        throw new IllegalArgumentException("Logit of class " + c + " is " + logits[c]);
      }
      bytes.putShort(toHalf(Math.max(-MAX_HALF, Math.min(MAX_HALF, logits[c]))));
    }
    return new DenseLogits(logits.length, bytes.flip());
  }

  /**
   * Decodes logits.
   *
   * @return {@code [positions × classes]}
   * @throws IllegalArgumentException if the length is not that of {@code positions × classes}
   *     halves, or a value is not finite
   */
  public static float[] decode(DenseLogits dense, int positions) {
    ByteBuffer bytes = dense.getLogits().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long expected = (long) positions * dense.getClasses() * Short.BYTES;
    if (positions < 1 || dense.getClasses() < 1 || bytes.remaining() != expected) {
      throw new IllegalArgumentException(
          "Logits of "
              + positions
              + " positions × "
              + dense.getClasses()
              + " classes need "
              + expected
              + " bytes, found "
              + bytes.remaining());
    }
    float[] logits = new float[bytes.remaining() / Short.BYTES];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = toFloat(bytes.getShort());
      if (!Float.isFinite(logits[i])) {
        throw new IllegalArgumentException("Logit " + i + " is " + logits[i]);
      }
    }
    return logits;
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
