package io.distillstream.quantizer;

import java.util.List;

/**
 * How a candidate compares with its fp32 checkpoint on the same inputs.
 *
 * @param samples inputs compared
 * @param agreement share of inputs with the same most probable class
 * @param maxAbsDifference largest difference of a logit
 * @param sizeRatio candidate's bytes over the checkpoint's
 * @param latencyRatio candidate's median latency over the checkpoint's
 * @param violations the budgets that do not hold, as sentences; empty if it passed
 */
public record GateVerdict(
    int samples,
    double agreement,
    double maxAbsDifference,
    double sizeRatio,
    double latencyRatio,
    List<String> violations) {
  public GateVerdict {
    violations = List.copyOf(violations);
  }

  public boolean passed() {
    return violations.isEmpty();
  }
}
