package io.distillstream.benchmarks.scenario.report;

import io.distillstream.benchmarks.scenario.run.Outcome;
import io.distillstream.benchmarks.scenario.run.Variant;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One student on one stream, beside the same student on the same records in random order.
 *
 * @param scenario in words
 * @param meanRun records in a row with the same label, on average
 * @param changeFrom records before labels change their meaning; empty where they never do
 * @param random agreement at the end in random order
 * @param leastHalf see {@link Outcome#leastHalf}
 */
public record ScenarioRow(
    String scenario,
    double meanRun,
    OptionalInt changeFrom,
    Variant variant,
    Outcome outcome,
    double random,
    OptionalDouble leastHalf) {

  /** Agreement of the last candidate over that in random order. */
  public double overRandom() {
    return outcome.atEnd() / random;
  }

  /** The same of what devices have in the end; empty if they have nothing. */
  public OptionalDouble publishedOverRandom() {
    return outcome.publishedAtEnd().isPresent()
        ? OptionalDouble.of(outcome.publishedAtEnd().getAsDouble() / random)
        : OptionalDouble.empty();
  }
}
