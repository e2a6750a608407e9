package io.distillstream.quantization.layer;

/**
 * What the weights of a layer lie between.
 *
 * @param least of them
 * @param greatest of them
 * @param squares sum of their squares
 */
public record WeightRange(float least, float greatest, double squares) {

  public static WeightRange of(float[] weights) {
    float least = Float.POSITIVE_INFINITY;
    float greatest = Float.NEGATIVE_INFINITY;
    double squares = 0;
    for (float weight : weights) {
      least = Math.min(least, weight);
      greatest = Math.max(greatest, weight);
      squares += (double) weight * weight;
    }
    return new WeightRange(least, greatest, squares);
  }
}
