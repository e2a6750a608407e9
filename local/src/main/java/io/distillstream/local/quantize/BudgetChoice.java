package io.distillstream.local.quantize;

import io.distillstream.quantization.gate.GateBudgets;
import picocli.CommandLine.Option;

/** What an artifact may cost. */
public final class BudgetChoice {

  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      description =
          "Least share of rows with the same largest element, for outputs with scores: a sample of"
              + " a classifier, a token of a language model (default: ${DEFAULT-VALUE}).")
  private double minAgreement = GateBudgets.STANDARD.minAgreement();

  @Option(
      names = "--min-cosine",
      paramLabel = "COSINE",
      description = "Least mean cosine, for outputs with vectors (default: ${DEFAULT-VALUE}).")
  private double minCosine = GateBudgets.STANDARD.minCosine();

  @Option(
      names = "--max-range-error",
      paramLabel = "SHARE",
      description =
          "Largest error of 99 of 100 rows over the range of their output, for outputs with vectors"
              + " or other values (default: ${DEFAULT-VALUE}).")
  private double maxRangeError = GateBudgets.STANDARD.maxRangeError();

  @Option(
      names = "--max-accuracy-drop",
      paramLabel = "SHARE",
      description = "Most accuracy lost, where labels are known (default: ${DEFAULT-VALUE}).")
  private double maxAccuracyDrop = GateBudgets.STANDARD.maxAccuracyDrop();

  @Option(
      names = "--max-size-ratio",
      paramLabel = "RATIO",
      description = "Largest file over the original's (default: ${DEFAULT-VALUE}).")
  private double maxSizeRatio = GateBudgets.STANDARD.maxSizeRatio();

  @Option(
      names = "--max-latency-ratio",
      paramLabel = "RATIO",
      description = "Largest p95 latency over the original's (default: ${DEFAULT-VALUE}).")
  private double maxLatencyRatio = GateBudgets.STANDARD.maxLatencyRatio();

  @Option(
      names = "--max-memory-ratio",
      paramLabel = "RATIO",
      description =
          "Largest weights and activations at their peak over the original's (default:"
              + " ${DEFAULT-VALUE}).")
  private double maxMemoryRatio = GateBudgets.STANDARD.maxMemoryRatio();

  @Option(
      names = "--min-samples",
      paramLabel = "N",
      description = "Fewest samples to judge by (default: ${DEFAULT-VALUE}).")
  private int minSamples = GateBudgets.STANDARD.minSamples();

  GateBudgets budgets() {
    return new GateBudgets(
        minAgreement,
        minCosine,
        maxRangeError,
        maxAccuracyDrop,
        maxSizeRatio,
        maxLatencyRatio,
        maxMemoryRatio,
        minSamples);
  }
}
