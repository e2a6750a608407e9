package io.distillstream.quantization.gate;

/**
 * What a candidate may cost against its fp32 original.
 *
 * @param minAgreement least share of rows with the same largest element, and of whole numbers that
 *     are the same, in [0, 1]; for outputs with scores or indices
 * @param minCosine least mean cosine of rows, in [-1, 1]; for outputs with vectors
 * @param maxRangeError largest error that 99 of 100 rows stay within, over the range of the output;
 *     for outputs with vectors or other values
 * @param maxAccuracyDrop most accuracy lost, in [0, 1]; where labels are known
 * @param maxSizeRatio largest file size over the original's
 * @param maxLatencyRatio largest p95 latency over the original's, one sample at a time
 * @param maxMemoryRatio largest weights and activations at their peak over the original's
 * @param minSamples fewest samples that a verdict may rest on
 */
public record GateBudgets(
    double minAgreement,
    double minCosine,
    double maxRangeError,
    double maxAccuracyDrop,
    double maxSizeRatio,
    double maxLatencyRatio,
    double maxMemoryRatio,
    int minSamples) {

  /**
   * 0.98 agreement or cosine, 5 % of an output's range, 1 point of accuracy, no larger and no
   * slower than the original.
   */
  public static final GateBudgets STANDARD =
      new GateBudgets(0.98, 0.98, 0.05, 0.01, 1.0, 1.0, 1.0, 16);

  public GateBudgets {
    within("Agreement", minAgreement, 0, 1);
    within("Cosine", minCosine, -1, 1);
    positive("Range error", maxRangeError);
    within("Accuracy drop", maxAccuracyDrop, 0, 1);
    positive("Size ratio", maxSizeRatio);
    positive("Latency ratio", maxLatencyRatio);
    positive("Memory ratio", maxMemoryRatio);
    if (minSamples < 1) {
      throw new IllegalArgumentException("Expected at least 1 sample, got " + minSamples);
    }
  }

  private static void within(String what, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s lies in [%s, %s], was %s".formatted(what, least, most, value));
    }
  }

  private static void positive(String what, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException("%s is positive, was %s".formatted(what, value));
    }
  }
}
