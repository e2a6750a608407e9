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
 * <p>The word embedding and its moments change only in the rows of a batch's words; the moments of
 * all other rows rest instead of decaying (the "lazy" variant of Adam). A dense update of 30,522
 * rows would cost as much as everything else.
 */
final class HeapStudent {
  /** Weight of the newest loss in its moving average. */
  private static final double LOSS_WEIGHT = 0.02;

  private final StudentSpec spec;
  private final DenseLayout layout;
  private final float[] dense;
  private final Moments denseMoments;
  private final float[] embedding;
  private final Moments embeddingMoments;
  private Progress progress;

  /** Copies {@code state}. */
  HeapStudent(StudentState state) {
    spec = state.spec();
    layout = new DenseLayout(spec);
    dense = layout.flatten(state.weights());
    denseMoments =
        new Moments(layout.flatten(state.firstMoments()), layout.flatten(state.secondMoments()));
    embedding = embedding(state.weights());
    embeddingMoments =
        new Moments(embedding(state.firstMoments()), embedding(state.secondMoments()));
    progress = state.progress();
  }

  private static float[] embedding(StudentWeights weights) {
    return weights.get(StudentSpec.EMBEDDING).values().clone();
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

  /** All weights but the word embedding, as the layout says; to be read only. */
  float[] dense() {
    return dense;
  }

  /** A copy of the vectors of these words, {@code [words, width]}. */
  float[] rows(int[] words) {
    int width = spec.width();
    float[] rows = new float[words.length * width];
    for (int slot = 0; slot < words.length; slot++) {
      System.arraycopy(embedding, words[slot] * width, rows, slot * width, width);
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
    int width = spec.width();
    for (int slot = 0; slot < words.length; slot++) {
      adam.update(
          embedding, embeddingMoments, words[slot] * width, width, rowsGradient, slot * width, 0);
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
        layout.unflatten(spec, dense, embedding),
        layout.unflatten(spec, denseMoments.first(), embeddingMoments.first()),
        layout.unflatten(spec, denseMoments.second(), embeddingMoments.second()),
        progress);
  }
}
