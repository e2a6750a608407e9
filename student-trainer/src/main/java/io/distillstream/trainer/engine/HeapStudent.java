package io.distillstream.trainer.engine;

import io.distillstream.trainer.engine.AdamW.Moments;
import io.distillstream.trainer.engine.StudentState.Progress;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.List;

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
  private final float[] dense;
  private final Moments denseMoments;
  private final String tableName;
  private final int tableWidth;
  private final float[] table;
  private final Moments tableMoments;
  private Progress progress;

  /** Copies {@code state}. */
  HeapStudent(StudentState state) {
    spec = state.spec();
    layout = new DenseLayout(spec);
    dense = layout.flatten(state.weights());
    denseMoments =
        new Moments(layout.flatten(state.firstMoments()), layout.flatten(state.secondMoments()));
    tableName = spec.rowTable().map(Parameter::name).orElse("");
    tableWidth = spec.rowTable().map(Parameter::columns).orElse(0);
    table = table(state.weights());
    tableMoments = new Moments(table(state.firstMoments()), table(state.secondMoments()));
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
      adam.update(dense, denseMoments, offset, parameter.size(), denseGradient, offset, decay);
    }
    int width = tableWidth;
    for (int slot = 0; slot < words.length; slot++) {
      adam.update(table, tableMoments, words[slot] * width, width, rowsGradient, slot * width, 0);
    }
  }

  /** Counts a step over so many records. */
  void advance(int records, double loss) {
    double average =
        progress.steps() == 0
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
        progress);
  }
}
