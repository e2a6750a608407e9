package io.distillstream.quantization.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Holds measurements against budgets. Only what passes may be published. */
public final class Gate {
  private final GateBudgets budgets;

  public Gate(GateBudgets budgets) {
    this.budgets = budgets;
  }

  /** Largest ratio of the 95th percentiles of latency that passes. */
  public double maxLatencyRatio() {
    return budgets.maxLatencyRatio();
  }

  /** What the answers alone violate. */
  public List<String> qualityViolations(Quality quality) {
    List<String> violations = new ArrayList<>();
    if (quality.samples() < budgets.minSamples()) {
      violations.add(
          "only %d samples to judge by, need %d"
              .formatted(quality.samples(), budgets.minSamples()));
    }
    if (!Double.isFinite(quality.maxAbsDifference())) {
      violations.add("answers are not finite");
    }
    // Which output it is needs no saying where there is one.
    boolean several = quality.outputs().size() > 1;
    for (OutputQuality output : quality.outputs()) {
      closenessViolations(output).stream()
          .map(violation -> several ? "output " + output.output() + ": " + violation : violation)
          .forEach(violations::add);
    }
    quality
        .accuracyDrop()
        .ifPresent(
            drop ->
                addAbove(
                    "accuracy drop %.4f is above %.4f",
                    drop, budgets.maxAccuracyDrop(), violations));
    return violations;
  }

  private List<String> closenessViolations(OutputQuality output) {
    List<String> violations = new ArrayList<>();
    if (output.reshaped() > 0) {
      violations.add(
          "another shape than the original's on %d samples".formatted(output.reshaped()));
    }
    if (output.kind().agrees()) {
      addBelow(
          "agreement %.4f is below %.4f", output.agreement(), budgets.minAgreement(), violations);
    }
    if (output.kind() == OutputKind.VECTORS) {
      addBelow("cosine %.4f is below %.4f", output.meanCosine(), budgets.minCosine(), violations);
    }
    if (output.kind().keepsNumbers()) {
      addAbove(
          "error %.4f of the output's range is above %.4f",
          output.rangeError(), budgets.maxRangeError(), violations);
    }
    return violations;
  }

  /** Judges everything that was measured. */
  public Verdict judge(Measurements measured) {
    List<String> violations = qualityViolations(measured.quality());
    List<String> warnings = new ArrayList<>();
    addAbove(
        "size ratio %.4f is above %.4f", measured.sizeRatio(), budgets.maxSizeRatio(), violations);
    measured
        .latency()
        .ifPresent(
            latency -> {
              addAbove(
                  "p95 latency ratio %.3f is above %.3f",
                  latency.p95(), budgets.maxLatencyRatio(), violations);
              if (latency.median() > 1) {
                warnings.add(
                    describe(
                        "slower than fp32 on this machine: median latency ratio %.3f, p95 %.3f",
                        latency.median(), latency.p95()));
              }
            });
    measured
        .memoryRatio()
        .ifPresent(
            ratio ->
                addAbove(
                    "peak memory ratio %.3f is above %.3f",
                    ratio, budgets.maxMemoryRatio(), violations));
    return new Verdict(violations, warnings);
  }

  private static void addBelow(
      String format, double measured, double budget, List<String> violations) {
    // Not-a-number violates, too.
    if (!(measured >= budget)) {
      violations.add(describe(format, measured, budget));
    }
  }

  private static void addAbove(
      String format, double measured, double budget, List<String> violations) {
    if (!(measured <= budget)) {
      violations.add(describe(format, measured, budget));
    }
  }

  private static String describe(String format, double measured, double budget) {
    return String.format(Locale.ROOT, format, measured, budget);
  }
}
