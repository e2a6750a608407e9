package io.distillstream.wire.payload;

import io.distillstream.avro.DenseLogits;

/**
 * Logits as IEEE 754 binary16, little-endian, row-major {@code [positions, classes]}. Rounds to
 * nearest, ties to even; the relative error is at most 2⁻¹¹ for magnitudes from 6.1e-5 to 65,504.
 */
public final class LogitsCodec {

  private LogitsCodec() {}

  /**
   * Encodes the logits of one position. Magnitudes beyond 65,504 are clamped to it.
   *
   * @param logits {@code [classes]}, finite
   * @throws IllegalArgumentException if a logit is not finite
   */
  public static DenseLogits encode(float[] logits) {
    for (int c = 0; c < logits.length; c++) {
      if (!Float.isFinite(logits[c])) {
        throw new IllegalArgumentException("Logit of class " + c + " is " + logits[c]);
      }
    }
    return new DenseLogits(logits.length, Halves.write(logits));
  }

  /**
   * Decodes logits.
   *
   * @return {@code [positions × classes]}
   * @throws IllegalArgumentException if the length is not that of {@code positions × classes}
   *     halves, or a value is not finite
   */
  public static float[] decode(DenseLogits dense, int positions) {
    if (positions < 1 || dense.getClasses() < 1) {
      throw new IllegalArgumentException(
          "Logits of " + positions + " positions × " + dense.getClasses() + " classes");
    }
    return Halves.read("Logits", dense.getLogits(), (long) positions * dense.getClasses());
  }
}
