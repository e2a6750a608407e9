package io.distillstream.quantization.calibrate;

/**
 * Between which values an activation lies.
 *
 * @param min finite
 * @param max finite, not below {@code min}
 */
public record Range(float min, float max) {
  public Range {
    if (!(min <= max) || Float.isInfinite(min) || Float.isInfinite(max)) {
      throw new IllegalArgumentException("Not a range: from %s to %s".formatted(min, max));
    }
  }
}
