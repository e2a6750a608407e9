package io.distillstream.quantizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Judges a candidate by running it next to its fp32 checkpoint on live inputs.
 *
 * <p>Both run one text at a time and take turns, so that whatever else the machine does slows both
 * alike; latency is compared by medians.
 */
final class QuantizationGate {
  private static final int WARM_UP_RUNS = 8;

  private final GateBudgets budgets;
  private final LongSupplier nanoClock;

  QuantizationGate(GateBudgets budgets) {
    this(budgets, System::nanoTime);
  }

  QuantizationGate(GateBudgets budgets, LongSupplier nanoClock) {
    this.budgets = budgets;
    this.nanoClock = nanoClock;
  }

  /**
   * Compares the two models; borrows both.
   *
   * @param inputs token ids of each text
   * @param sizeRatio candidate's bytes over the checkpoint's
   */
  GateVerdict judge(
      TextModel checkpoint, TextModel candidate, List<int[]> inputs, double sizeRatio) {
    for (int[] input : inputs.subList(0, Math.min(WARM_UP_RUNS, inputs.size()))) {
      checkpoint.run(input);
      candidate.run(input);
    }
    long[] checkpointNanos = new long[inputs.size()];
    long[] candidateNanos = new long[inputs.size()];
    int agreements = 0;
    double maxAbsDifference = 0;
    for (int i = 0; i < inputs.size(); i++) {
      long start = nanoClock.getAsLong();
      float[] expected = checkpoint.run(inputs.get(i));
      long between = nanoClock.getAsLong();
      float[] actual = candidate.run(inputs.get(i));
      candidateNanos[i] = nanoClock.getAsLong() - between;
      checkpointNanos[i] = between - start;
      double difference = Logits.maxAbsDifference(expected, actual);
      maxAbsDifference = Math.max(maxAbsDifference, difference);
      if (Logits.argMax(expected) == Logits.argMax(actual)) {
        agreements++;
      }
    }
    return verdict(
        inputs.size(),
        inputs.isEmpty() ? 0 : (double) agreements / inputs.size(),
        maxAbsDifference,
        sizeRatio,
        inputs.isEmpty() ? 1 : median(candidateNanos) / median(checkpointNanos));
  }

  private GateVerdict verdict(
      int samples, double agreement, double difference, double sizeRatio, double latencyRatio) {
    List<String> violations = new ArrayList<>();
    if (samples < budgets.minSamples()) {
      violations.add(
          "only %d inputs to judge by, need %d".formatted(samples, budgets.minSamples()));
    }
    if (!Double.isFinite(difference)) {
      violations.add("logits are not finite");
    }
    if (samples > 0 && agreement < budgets.minAgreement()) {
      violations.add(describe("agreement %.4f is below %.4f", agreement, budgets.minAgreement()));
    }
    if (sizeRatio > budgets.maxSizeRatio()) {
      violations.add(describe("size ratio %.4f is above %.4f", sizeRatio, budgets.maxSizeRatio()));
    }
    if (latencyRatio > budgets.maxLatencyRatio()) {
      violations.add(
          describe("latency ratio %.3f is above %.3f", latencyRatio, budgets.maxLatencyRatio()));
    }
    return new GateVerdict(samples, agreement, difference, sizeRatio, latencyRatio, violations);
  }

  private static String describe(String format, double measured, double budget) {
    return String.format(Locale.ROOT, format, measured, budget);
  }

  private static double median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    return Math.max(median, 1);
  }
}
