package io.distillstream.trainer.engine;

import io.distillstream.trainer.engine.AdamW.Moments;
import io.distillstream.trainer.engine.StudentState.Progress;
import io.distillstream.trainer.prune.Importance;
import io.distillstream.trainer.prune.PrunableMatrix;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.Slice;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The weights and moments of a student under training, as plain arrays, and their update.
 *
 * <p>The row table and its moments change only in the rows that a batch picks; the moments of all
 * other rows rest instead of decaying (the "lazy" variant of Adam). A dense update of 30,522 rows
 * would cost as much as everything else.
 */
final class HeapStudent {
  /** Weight of the newest loss in its moving average. */
  private static final double LOSS_WEIGHT = 0.02;

  private final StudentSpec spec;
  private final DenseLayout layout;
  private final FakeQuantization quantization;
  private final float[] dense;
  private final Moments denseMoments;
  private final String tableName;
  private final int tableWidth;
  private final float[] table;
  private final Moments tableMoments;
  private final Importance importance;
  private Progress progress;

  /** Copies {@code state}. */
  HeapStudent(StudentState state) {
    spec = state.spec();
    layout = new DenseLayout(spec);
    quantization = new FakeQuantization(spec, layout);
    dense = layout.flatten(state.weights());
    denseMoments =
        new Moments(layout.flatten(state.firstMoments()), layout.flatten(state.secondMoments()));
    tableName = spec.rowTable().map(Parameter::name).orElse("");
    tableWidth = spec.rowTable().map(Parameter::columns).orElse(0);
    table = table(state.weights());
    tableMoments = new Moments(table(state.firstMoments()), table(state.secondMoments()));
    importance = new Importance(state.pruning());
    progress = state.progress();
  }

  private float[] table(StudentWeights weights) {
    return tableName.isEmpty() ? new float[0] : weights.get(tableName).values().clone();
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

  /** All weights but the row table, as the layout says; to be read only. */
  float[] dense() {
    return dense;
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
      System.arraycopy(table, words[slot] * width, rows, slot * width, width);
    }
    return rows;
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
  float[] quantizedDense() {
    return quantization.dense(dense);
  }

  /** What 8 bits will leave of {@link #rows}. */
  float[] quantizedRows(int[] words) {
    float[] rows = rows(words);
    quantization.round(rows, table, tableWidth);
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
          new Slice(dense, offset, parameter.size()),
          new Slice(denseGradient, offset, parameter.size()),
          adam.rate());
      adam.update(dense, denseMoments, offset, parameter.size(), denseGradient, offset, decay);
    }
    int width = tableWidth;
    for (int slot = 0; slot < words.length; slot++) {
      importance.add(
          tableName,
          words[slot] * width,
          new Slice(table, words[slot] * width, width),
          new Slice(rowsGradient, slot * width, width),
          adam.rate());
      adam.update(table, tableMoments, words[slot] * width, width, rowsGradient, slot * width, 0);
    }
  }

  /** See {@link StudentEngine#prune}. */
  boolean prune(PruningPlan plan) {
    double due = plan.schedule().sparsityAt(progress.records());
    if (!plan.mode().weights() || (due == 0 && !plan.criterion().needsGradients())) {
      return false;
    }
    List<PrunableMatrix> matrices = matrices(plan.scope());
    importance.measure(plan.criterion(), due < plan.schedule().target(), matrices);
    boolean pruned = importance.prune(matrices, due, plan.scaling());
    if (pruned) {
      forgetLosses();
    }
    return pruned;
  }

  private List<PrunableMatrix> matrices(Scope scope) {
    List<PrunableMatrix> matrices = new ArrayList<>();
    for (int i = 0; i < layout.parameters().size(); i++) {
      Parameter parameter = layout.parameters().get(i);
      if (parameter.isMatrix()) {
        matrices.add(matrix(parameter, layout.offset(i), dense, denseMoments));
      }
    }
    if (scope == Scope.ALL) {
      spec.rowTable().ifPresent(rows -> matrices.add(matrix(rows, 0, table, tableMoments)));
    }
    return matrices;
  }

  private static PrunableMatrix matrix(
      Parameter parameter, int offset, float[] values, Moments moments) {
    return new PrunableMatrix(
        parameter.name(),
        new Slice(values, offset, parameter.size()),
        new Slice(moments.first(), offset, parameter.size()),
        new Slice(moments.second(), offset, parameter.size()));
  }

  PruningLevel pruningLevel() {
    long pruned = importance.pruned();
    return new PruningLevel(
        pruned == 0 ? 0 : (double) pruned / importance.size(), 0, spec.size(), pruned);
  }

  /** The losses before pruning say nothing of those to expect after it. */
  private void forgetLosses() {
    progress = new Progress(progress.seed(), progress.steps(), progress.records(), 0);
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

  /** A copy of everything. */
  StudentState state() {
    return new StudentState(
        layout.unflatten(spec, dense, table),
        layout.unflatten(spec, denseMoments.first(), tableMoments.first()),
        layout.unflatten(spec, denseMoments.second(), tableMoments.second()),
        progress,
        importance.memory(spec.parameters()));
  }
}
