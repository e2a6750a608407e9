package io.distillstream.quantization.weights;

/**
 * How far the weights of one constant are from those that came.
 *
 * @param squared Σ(w − ŵ)²
 * @param largest max |w − ŵ|
 */
public record WeightError(double squared, double largest) {
  /** Weights that are exactly what came. */
  public static final WeightError NONE = new WeightError(0, 0);

  /** That of two constants together. */
  public WeightError and(WeightError other) {
    return new WeightError(squared + other.squared, Math.max(largest, other.largest));
  }

  /** Adds up weight by weight. */
  static final class Sum {
    private double squared;
    private double largest;

    void add(float weight, float restored) {
      double difference = (double) weight - restored;
      squared += difference * difference;
      largest = Math.max(largest, Math.abs(difference));
    }

    WeightError total() {
      return new WeightError(squared, largest);
    }
  }
}
