package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.units.RowPruning;
import io.distillstream.trainer.prune.units.Shrinking;
import io.distillstream.trainer.prune.units.UnitPruning;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.Optional;

/**
 * Takes out of a student the units that a plan speaks of: heads and neurons, rows of the word
 * table, or both, each kind by itself.
 *
 * <p>They do not stand in one order. A row is used by the few texts with its words, a neuron by
 * all, so per parameter nearly every row matters less than any neuron, and a common order would
 * take rows alone until few are left.
 */
final class PrunableUnits {
  private final StudentSpec spec;
  private final PruningPlan plan;
  private final long unpruned;

  /**
   * Those of a student.
   *
   * @param unpruned see {@link io.distillstream.trainer.prune.PruningMemory#unprunedUnits}
   * @throws IllegalArgumentException if the student has none such
   */
  PrunableUnits(StudentSpec spec, PruningPlan plan, long unpruned) {
    this.spec = spec;
    this.plan = plan;
    this.unpruned = unpruned;
    if (network(spec).isEmpty() && rows(spec).isEmpty()) {
      throw new IllegalArgumentException(
          "no %s to prune in %s"
              .formatted(
                  switch (plan.units()) {
                    case NETWORK -> "heads and neurons";
                    case ROWS -> "rows of words or pairs";
                    case ALL -> "units";
                  },
                  spec));
    }
  }

  private Optional<UnitPruning> network(StudentSpec spec) {
    return plan.units() == Units.ROWS ? Optional.empty() : network(spec, unpruned, plan.scaling());
  }

  private static Optional<UnitPruning> network(StudentSpec spec, long unpruned, Scaling scaling) {
    if (spec instanceof TransformerSpec transformer) {
      long before = unpruned == 0 ? UnitPruning.parameters(transformer) : unpruned;
      return Optional.of(new UnitPruning(transformer, before, scaling));
    }
    return Optional.empty();
  }

  private Optional<RowPruning> rows(StudentSpec spec) {
    return plan.units() == Units.NETWORK ? Optional.empty() : rowsOf(spec);
  }

  private static Optional<RowPruning> rowsOf(StudentSpec spec) {
    return spec.sharesTableRows() ? Optional.of(new RowPruning(spec)) : Optional.empty();
  }

  /** Share of the parameters in heads and neurons that are gone. */
  static double networkRemoved(StudentSpec spec, long unpruned) {
    return network(spec, unpruned, Scaling.NONE).map(UnitPruning::removed).orElse(0.0);
  }

  /** Share of the word table's rows that are gone. */
  static double rowsRemoved(StudentSpec spec) {
    return rowsOf(spec).map(RowPruning::removed).orElse(0.0);
  }

  /** Whether a unit has to go until {@code share} of each kind are gone. */
  boolean isDue(double share) {
    return network(spec).filter(units -> units.isDue(share)).isPresent()
        || rows(spec).filter(units -> units.isDue(share)).isPresent();
  }

  /** What is left of a state. */
  StudentState prune(StudentState whole, double share) {
    StudentState state =
        network(whole.spec())
            .filter(units -> units.isDue(share))
            .map(
                units ->
                    shrunk(
                        whole,
                        units.choose(whole.weights(), whole.pruning(), share),
                        units.unpruned()))
            .orElse(whole);
    return rows(state.spec())
        .filter(units -> units.isDue(share))
        .map(
            units ->
                shrunk(
                    state,
                    units.choose(state.weights(), state.pruning(), share),
                    state.pruning().unprunedUnits()))
        .orElse(state);
  }

  private static StudentState shrunk(StudentState state, Shrinking shrinking, long unprunedUnits) {
    return new StudentState(
            shrinking.apply(state.weights()),
            shrinking.apply(state.firstMoments()),
            shrinking.apply(state.secondMoments()),
            state.progress().withoutLosses(),
            shrinking.apply(state.pruning(), unprunedUnits))
        .withAverage(state.average().map(shrinking::apply));
  }
}
