package io.distillstream.trainer.engine;

import io.distillstream.trainer.engine.StudentState.Progress;
import io.distillstream.trainer.engine.TrainedArrays.Shared;
import io.distillstream.trainer.prune.Importance;
import io.distillstream.trainer.prune.PrunableMatrix;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Mode;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.Slice;
import io.distillstream.trainer.student.ConvolutionSpec;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TextSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The weights and moments of a student under training, as plain arrays, and their update. States go
 * in and out without being copied, see {@link TrainedArrays}: one array per dense parameter, and
 * one per row of the row table.
 *
 * <p>The row table and its moments change only in the rows that a batch picks; the moments of all
 * other rows rest instead of decaying (the "lazy" variant of Adam). A dense update of 30,522 rows
 * would cost as much as everything else.
 *
 * <p>The average for devices is kept beside, see {@link Averaging}; no step depends on it.
 */
final class HeapStudent {
  /** Weight of the newest loss in its moving average. */
  private static final double LOSS_WEIGHT = 0.02;

  private final StudentSpec spec;
  private final DenseLayout layout;
  private final FakeQuantization quantization;
  private final TrainedArrays dense;
  private final String tableName;
  private final int tableWidth;
  private final TrainedArrays table;
  private final Importance importance;
  private @Nullable StudentAverage average;
  private Progress progress;

  /** Continues from {@code state}, which stays as it is. */
  HeapStudent(StudentState state) {
    spec = state.spec();
    layout = new DenseLayout(spec);
    quantization = new FakeQuantization(spec, layout);
    dense =
        new TrainedArrays(
            new Shared(
                layout.arrays(state.weights()),
                layout.arrays(state.firstMoments()),
                layout.arrays(state.secondMoments())));
    tableName = spec.rowTable().map(Parameter::name).orElse("");
    tableWidth = spec.rowTable().map(Parameter::columns).orElse(0);
    table =
        new TrainedArrays(
            new Shared(
                table(state.weights()), table(state.firstMoments()), table(state.secondMoments())));
    importance = new Importance(state.pruning());
    average = state.average().map(StudentAverage::new).orElse(null);
    progress = state.progress();
  }

  private float[][] table(StudentWeights weights) {
    return tableName.isEmpty() ? new float[0][] : weights.get(tableName).rows();
  }

  StudentSpec spec() {
    return spec;
  }

  DenseLayout layout() {
    return layout;
  }

  Progress progress() {
    return progress;
  }

  /** All weights but the row table, an array per parameter of the layout; to be read only. */
  float[][] dense() {
    return dense.weights();
  }

  /** Whether single rows of a table are picked by a batch. */
  boolean hasTable() {
    return !tableName.isEmpty();
  }

  /** Width of the table's rows; 0 without one. */
  int tableWidth() {
    return tableWidth;
  }

  /** A copy of these rows of the table, {@code [words, width]}. */
  float[] rows(int[] words) {
    int width = tableWidth;
    float[] rows = new float[words.length * width];
    for (int slot = 0; slot < words.length; slot++) {
      System.arraycopy(table.weights(words[slot]), 0, rows, slot * width, width);
    }
    return rows;
  }

  /** One row of the table; to be read only, and before the next update. */
  float[] row(int word) {
    return table.weights(word);
  }

  /** Whether any text that was learned had this row of the table. */
  boolean hasLearned(int word) {
    return table.isLearned(word);
  }

  /** Sets the gradient of pruned weights to 0, which keeps these weights and their moments so. */
  void mask(float[] denseGradient, int[] words, float[] rowsGradient) {
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      importance.mask(
          parameter.name(), 0, new Slice(denseGradient, layout.offset(i), parameter.size()));
    }
    int width = tableWidth;
    for (int slot = 0; slot < words.length; slot++) {
      importance.mask(tableName, words[slot] * width, new Slice(rowsGradient, slot * width, width));
    }
  }

  /** What 8 bits will leave of {@link #dense()}. */
  float[][] quantizedDense() {
    return quantization.dense(dense());
  }

  /** What 8 bits will leave of {@link #rows}. */
  float[] quantizedRows(int[] words) {
    float[] rows = rows(words);
    quantization.round(rows, table.weights());
    return rows;
  }

  /** Names of the matrices whose products take 8-bit activations then. */
  Set<String> quantizedProducts() {
    return quantization.products();
  }

  /**
   * Takes one step.
   *
   * @param words distinct ids
   * @param rowsGradient {@code [words, width]}
   */
  void update(
      AdamW adam, float[] denseGradient, int[] words, float[] rowsGradient, double weightDecay) {
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      int offset = layout.offset(i);
      double decay = parameter.isMatrix() ? weightDecay : 0;
      importance.add(
          parameter.name(),
          0,
          new Slice(dense.weights(i), 0, parameter.size()),
          new Slice(denseGradient, offset, parameter.size()),
          adam.rate());
      dense.update(i, adam, denseGradient, offset, decay);
    }
    int width = tableWidth;
    for (int slot = 0; slot < words.length; slot++) {
      importance.add(
          tableName,
          words[slot] * width,
          new Slice(table.weights(words[slot]), 0, width),
          new Slice(rowsGradient, slot * width, width),
          adam.rate());
      table.update(words[slot], adam, rowsGradient, slot * width, 0);
    }
  }

  /** See to it that the next steps are measured as the plan needs it. */
  void measure(PruningPlan plan) {
    double due = due(plan);
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

  private double due(PruningPlan plan) {
    return plan.schedule().sparsityAt(progress.records());
  }

  /** Prunes single weights, if that is due. */
  boolean pruneWeights(PruningPlan plan) {
    if (!plan.mode().weights() || due(plan) == 0) {
      return false;
    }
    boolean pruned = importance.prune(matrices(plan.scope()), due(plan), plan.scaling());
    if (pruned) {
      progress = progress.withoutLosses();
      if (average != null) {
        average =
            new StudentAverage(
                StudentAverage.masked(average.weights(), importance.memory(spec.parameters())));
      }
    }
    return pruned;
  }

  /**
   * The state without the units that are to go now; empty where none is.
   *
   * @throws IllegalArgumentException if the student has no such units
   */
  Optional<StudentState> withoutUnits(PruningPlan plan) {
    if (!plan.mode().units()) {
      return Optional.empty();
    }
    PrunableUnits units = new PrunableUnits(spec, plan, importance.unprunedUnits());
    return units.isDue(due(plan)) ? Optional.of(units.prune(state(), due(plan))) : Optional.empty();
  }

  void fade() {
    importance.fade();
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
      spec.rowTable().ifPresent(rows -> matrices.add(table.matrix(rows)));
    }
    return matrices;
  }

  PruningLevel pruningLevel() {
    long pruned = importance.pruned();
    return new PruningLevel(
        pruned == 0 ? 0 : (double) pruned / importance.size(),
        PrunableUnits.networkRemoved(spec, importance.unprunedUnits()),
        PrunableUnits.rowsRemoved(spec),
        spec.size(),
        pruned);
  }

  /** Moves running statistics, which are dense parameters, towards those of a batch. */
  void observe(Map<String, float[]> observations) {
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      float[] observed = observations.get(parameters.get(i).name());
      if (observed != null) {
        dense.approach(i, observed, ConvolutionSpec.MOMENTUM);
      }
    }
  }

  /** Counts a step over so many records. */
  void advance(int records, double loss) {
    double average =
        progress.lossAverage() == 0
            ? loss
            : (1 - LOSS_WEIGHT) * progress.lossAverage() + LOSS_WEIGHT * loss;
    progress =
        new Progress(progress.seed(), progress.steps() + 1, progress.records() + records, average);
  }

  /**
   * Moves the average towards the newest weights as often as it is due; there is none where the
   * window is 0.
   *
   * @param before records learned when the last step began
   * @param deployed makes of weights what devices would get
   */
  void average(double window, long before, UnaryOperator<StudentWeights> deployed) {
    long due = Averaging.due(before, progress.records());
    StudentAverage present = average;
    if (window == 0) {
      average = null;
    } else if (due > 0 && present == null) {
      average = new StudentAverage(deployed.apply(state().weights()));
    } else if (due > 0 && present != null) {
      // Read at once, so that nothing needs to be handed over.
      StudentWeights newest = layout.weights(spec, dense.weights(), table.weights());
      present.approach(deployed.apply(newest), Math.min(1, due * Averaging.STRIDE / window));
    }
  }

  /**
   * A hash of all weights and moments but those of rows other than {@code words}: of what a step
   * that picks these may have changed.
   */
  Fingerprint fingerprint(int[] words) {
    Fingerprint fingerprint = new Fingerprint();
    dense.addTo(fingerprint);
    for (int word : words) {
      table.addTo(fingerprint, word);
    }
    return fingerprint;
  }

  /** A hash of all weights, moments and the average, and of which words share which rows. */
  Fingerprint fingerprint() {
    Fingerprint fingerprint = new Fingerprint();
    dense.addTo(fingerprint);
    table.addTo(fingerprint);
    if (spec instanceof TextSpec text && text.tableRows().shared()) {
      fingerprint.add(text.tableRows().toTensor().values());
    }
    if (average != null) {
      average.addTo(fingerprint);
    }
    return fingerprint;
  }

  /** Everything as it is now. Takes no copy: what is handed over here is not written again. */
  StudentState state() {
    Shared denseNow = dense.share();
    Shared tableNow = table.share();
    return new StudentState(
            layout.weights(spec, denseNow.weights(), tableNow.weights()),
            layout.weights(spec, denseNow.first(), tableNow.first()),
            layout.weights(spec, denseNow.second(), tableNow.second()),
            progress,
            importance.memory(spec.parameters()))
        .withAverage(Optional.ofNullable(average).map(StudentAverage::weights));
  }
}
