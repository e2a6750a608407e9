package io.distillstream.quantization.gate;

import java.util.List;

/**
 * What the gate says of a candidate.
 *
 * @param violations the budgets that do not hold, as sentences; empty if it passed
 * @param warnings what holds its budget and should be known all the same
 */
public record Verdict(List<String> violations, List<String> warnings) {
  public Verdict {
    violations = List.copyOf(violations);
    warnings = List.copyOf(warnings);
  }

  public boolean passed() {
    return violations.isEmpty();
  }
}
