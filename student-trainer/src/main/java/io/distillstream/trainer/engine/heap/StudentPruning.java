package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.Importance;
import io.distillstream.trainer.prune.PrunableMatrix;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Mode;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.Slice;
import io.distillstream.trainer.state.AdamW;
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which weights of a student under training are pruned, and what decides on the next ones. Borrows
 * the arrays that hold the weights, and clears there what it prunes.
 */
final class StudentPruning {
  private final StudentSpec spec;
  private final DenseLayout layout;
  private final TrainedArrays dense;
  private final TrainedArrays table;
  private final String tableName;
  private final int tableWidth;
  private final Importance importance;

  /** Continues from {@code memory}, which stays as it is. */
  StudentPruning(
      StudentSpec spec,
      DenseLayout layout,
      TrainedArrays dense,
      TrainedArrays table,
      PruningMemory memory) {
    this.spec = spec;
    this.layout = layout;
    this.dense = dense;
    this.table = table;
    tableName = spec.table().name();
    tableWidth = spec.table().columns();
    importance = new Importance(memory);
  }

  /** As it is now; it never changes again. */
  PruningMemory memory() {
    return importance.memory(spec.parameters());
  }

  /** Sets the gradient of pruned weights to 0, which keeps these weights and their moments so. */
  void mask(float[][] denseGradient, int[] words, float[] rowsGradient) {
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      importance.mask(parameter.name(), 0, new Slice(denseGradient[i], 0, parameter.size()));
    }
    for (int slot = 0; slot < words.length; slot++) {
      importance.mask(
          tableName,
          words[slot] * tableWidth,
          new Slice(rowsGradient, slot * tableWidth, tableWidth));
    }
  }

  /**
   * Counts a step, before it changes the weights.
   *
   * @param rate see {@link AdamW#rate}
   */
  void count(float rate, float[][] denseGradient, int[] words, float[] rowsGradient) {
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      importance.add(
          parameter.name(),
          0,
          new Slice(dense.weights(i), 0, parameter.size()),
          new Slice(denseGradient[i], 0, parameter.size()),
          rate);
    }
    for (int slot = 0; slot < words.length; slot++) {
      importance.add(
          tableName,
          words[slot] * tableWidth,
          new Slice(table.weights(words[slot]), 0, tableWidth),
          new Slice(rowsGradient, slot * tableWidth, tableWidth),
          rate);
    }
  }

  /**
   * Sees to it that the next steps are measured as the plan needs it.
   *
   * @param records learned so far
   */
  void measure(PruningPlan plan, long records) {
    double due = plan.schedule().sparsityAt(records);
    if (plan.mode() != Mode.NONE && (due > 0 || plan.criterion().needsGradients())) {
      importance.measure(plan.criterion(), due < plan.schedule().target(), matrices(scored(plan)));
    }
  }

  /** The matrices that need scores, for single weights or for units. */
  private static Scope scored(PruningPlan plan) {
    boolean weights = plan.mode().weights() && plan.scope() == Scope.ALL;
    boolean rows = plan.mode().units() && plan.units() != Units.NETWORK;
    return weights || rows ? Scope.ALL : Scope.NETWORK;
  }

  /**
   * Prunes single weights, if that is due.
   *
   * @return whether any went
   */
  boolean pruneWeights(PruningPlan plan, long records) {
    double due = plan.schedule().sparsityAt(records);
    return plan.mode().weights()
        && due > 0
        && importance.prune(matrices(plan.scope()), due, plan.scaling());
  }

  private List<PrunableMatrix> matrices(Scope scope) {
    List<PrunableMatrix> matrices = new ArrayList<>();
    for (int i = 0; i < layout.parameters().size(); i++) {
      Parameter parameter = layout.parameters().get(i);
      if (parameter.isMatrix()) {
        matrices.add(dense.matrix(parameter, i));
      }
    }
    if (scope == Scope.ALL) {
      matrices.add(table.matrix(spec.table()));
    }
    return matrices;
  }

  /**
   * The units that are to go now; empty where none is.
   *
   * @throws IllegalArgumentException if the student has no such units
   */
  Optional<PrunableUnits> dueUnits(PruningPlan plan, long records) {
    return plan.mode().units()
        ? Optional.of(new PrunableUnits(spec, plan, importance.unprunedUnits()))
            .filter(units -> units.isDue(plan.schedule().sparsityAt(records)))
        : Optional.empty();
  }

  /** See {@link Importance#fade}. */
  void fade() {
    importance.fade();
  }

  PruningLevel level() {
    long pruned = importance.pruned();
    return new PruningLevel(
        pruned == 0 ? 0 : (double) pruned / importance.size(),
        PrunableUnits.networkRemoved(spec, importance.unprunedUnits()),
        PrunableUnits.rowsRemoved(spec),
        spec.size(),
        pruned);
  }
}
