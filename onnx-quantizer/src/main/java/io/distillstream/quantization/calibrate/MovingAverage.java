package io.distillstream.quantization.calibrate;

/**
 * Moving averages of the least and the greatest value per sample, 0 included. The average of x₁ …
 * xₙ is Σ mⁿ⁻ⁱ xᵢ / Σ mⁿ⁻ⁱ with momentum m: a first sample does not weigh more than its age allows.
 */
final class MovingAverage {
  private final double momentum;
  private double leastSum;
  private double greatestSum;
  private double weight;
  private long samples;

  MovingAverage(double momentum) {
    this.momentum = momentum;
  }

  void add(float least, float greatest) {
    leastSum = momentum * leastSum + Math.min(least, 0);
    greatestSum = momentum * greatestSum + Math.max(greatest, 0);
    weight = momentum * weight + 1;
    samples++;
  }

  /** Appends the samples that another one saw, as if they came after this one's. */
  void addAll(MovingAverage later) {
    if (later.momentum != momentum) {
      throw new IllegalArgumentException(
          "Expected averages of one momentum, got %s and %s".formatted(momentum, later.momentum));
    }
    double faded = Math.pow(momentum, (double) later.samples);
    leastSum = faded * leastSum + later.leastSum;
    greatestSum = faded * greatestSum + later.greatestSum;
    weight = faded * weight + later.weight;
    samples += later.samples;
  }

  Range range() {
    return weight == 0
        ? Range.ZERO
        : new Range((float) (leastSum / weight), (float) (greatestSum / weight));
  }
}
