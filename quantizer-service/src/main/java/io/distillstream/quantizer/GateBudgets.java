package io.distillstream.quantizer;

/**
 * What an artifact may cost against its fp32 checkpoint.
 *
 * @param minAgreement least share of inputs with the same most probable class, in [0, 1]
 * @param maxSizeRatio largest artifact size over the checkpoint's
 * @param maxLatencyRatio largest median latency over the checkpoint's, one text at a time
 * @param minSamples fewest inputs that a verdict may rest on
 * @param maxFallbackLayers most layers that may return to fp32
 */
public record GateBudgets(
    double minAgreement,
    double maxSizeRatio,
    double maxLatencyRatio,
    int minSamples,
    int maxFallbackLayers) {
  public GateBudgets {
    if (!(minAgreement >= 0 && minAgreement <= 1)) {
      throw new IllegalArgumentException("Agreement lies in [0, 1], was " + minAgreement);
    }
    if (!(maxSizeRatio > 0 && maxLatencyRatio > 0)) {
      throw new IllegalArgumentException(
          "Ratios are positive, were %s and %s".formatted(maxSizeRatio, maxLatencyRatio));
    }
    if (minSamples < 1 || maxFallbackLayers < 0) {
      throw new IllegalArgumentException(
          "Expected at least 1 sample and 0 layers, got %d and %d"
              .formatted(minSamples, maxFallbackLayers));
    }
  }
}
