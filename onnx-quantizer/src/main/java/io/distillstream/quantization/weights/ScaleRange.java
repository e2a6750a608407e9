package io.distillstream.quantization.weights;

/** The smallest and the largest scale of a layer. */
public record ScaleRange(float least, float greatest) {

  /** Of at least one scale. */
  public static ScaleRange of(float[] scales) {
    float least = scales[0];
    float greatest = scales[0];
    for (float scale : scales) {
      least = Math.min(least, scale);
      greatest = Math.max(greatest, scale);
    }
    return new ScaleRange(least, greatest);
  }
}
