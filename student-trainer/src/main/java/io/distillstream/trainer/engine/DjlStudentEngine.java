package io.distillstream.trainer.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.distillstream.trainer.engine.AdamW.Moments;
import io.distillstream.trainer.engine.StudentState.Progress;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Trains with DJL on PyTorch.
 *
 * <p>Weights and moments live on the Java heap, and only there. Each step copies what it needs into
 * native arrays of its own, which end with the step; forward and backward pass are native, loss,
 * checks and optimizer are Java. So nothing native outlives a step, a snapshot is a copy of arrays,
 * and a fault in native memory can spoil one gradient, which is checked, but no weight unseen. The
 * copies cost about a hundredth of a step.
 *
 * <p>The word embedding and its moments change only in the rows of the batch's words; the moments
 * of all other rows rest instead of decaying (the "lazy" variant of Adam). A dense update of 30,522
 * rows would cost as much as everything else.
 */
public final class DjlStudentEngine implements StudentEngine {
  /** DJL allows one gradient collector per process. */
  private static final ReentrantLock COLLECTING = new ReentrantLock();

  /** Steps before the spike check begins, and weight of the newest loss in its moving average. */
  private static final int SPIKE_WARM_UP = 50;

  private static final double SPIKE_WEIGHT = 0.02;

  private final StudentSpec spec;
  private final DenseLayout layout;
  private final StudentNetwork network;
  private final NativeArrays arrays = new NativeArrays();
  private final NDManager manager;

  private float[] dense;
  private Moments denseMoments;
  private float[] embedding;
  private Moments embeddingMoments;
  private Progress progress;

  private DjlStudentEngine(StudentState state) {
    spec = state.spec();
    layout = new DenseLayout(spec);
    network = new StudentNetwork(spec);
    dense = layout.flatten(state.weights());
    denseMoments =
        new Moments(layout.flatten(state.firstMoments()), layout.flatten(state.secondMoments()));
    embedding = embeddingOf(state.weights());
    embeddingMoments =
        new Moments(embeddingOf(state.firstMoments()), embeddingOf(state.secondMoments()));
    progress = state.progress();
    manager = Engine.getEngine("PyTorch").newBaseManager();
  }

  /** An engine that continues from {@code state}, which it copies. The caller closes it. */
  public static DjlStudentEngine from(StudentState state) {
    // One computation thread: it is as fast for matrices of this size, and sums in one order.
    // Offline: the native library comes from the class path or not at all.
    System.setProperty(
        "ai.djl.pytorch.num_threads", System.getProperty("ai.djl.pytorch.num_threads", "1"));
    System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
    return new DjlStudentEngine(state);
  }

  @Override
  public StudentSpec spec() {
    return spec;
  }

  @Override
  public long recordsLearned() {
    return progress.records();
  }

  @Override
  public long steps() {
    return progress.steps();
  }

  @Override
  public float[][] logits(int[][] tokens) {
    EncodedBatch batch = EncodedBatch.of(tokens, spec);
    try (NDManager step = manager.newSubManager()) {
      return rows(forward(step, batch, denseLeaf(step), rowsLeaf(step, batch)));
    }
  }

  @Override
  public StepResult learn(TrainingBatch batch, StepSettings settings) throws DivergedStepException {
    if (batch.classes() != spec.classes()) {
      throw new IllegalArgumentException(
          "expected %d teacher logits, got %d".formatted(spec.classes(), batch.classes()));
    }
    EncodedBatch encoded = EncodedBatch.of(batch.tokens(), spec);
    Gradients gradients = gradients(encoded, batch, settings);
    check(gradients, settings);
    apply(gradients, encoded.words(), settings);
    advance(batch.size(), gradients.loss.total());
    return new StepResult(
        gradients.score,
        gradients.loss.total(),
        gradients.loss.kl(),
        gradients.loss.crossEntropy(),
        gradients.norm);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Gradients(
      BatchScore score, DistillationLoss loss, float[] dense, float[] rows, double norm) {}

  private Gradients gradients(EncodedBatch encoded, TrainingBatch batch, StepSettings settings) {
    COLLECTING.lock();
    try (NDManager step = manager.newSubManager();
        GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray denseLeaf = denseLeaf(step);
      NDArray rowsLeaf = rowsLeaf(step, encoded);
      denseLeaf.setRequiresGradient(true);
      rowsLeaf.setRequiresGradient(true);
      NDArray logits = forward(step, encoded, denseLeaf, rowsLeaf);
      float[][] answers = rows(logits);
      DistillationLoss loss =
          DistillationLoss.of(answers, batch, settings.temperature(), settings.alpha());
      // Its gradient with respect to the logits is the loss's own, computed in Java.
      NDArray surrogate = logits.mul(arrays.copy(step, loss.gradient(), logits.getShape())).sum();
      collector.backward(surrogate);
      float[] denseGradient = read(step, denseLeaf.getGradient());
      float[] rowsGradient = read(step, rowsLeaf.getGradient());
      double norm = Math.sqrt(sumOfSquares(denseGradient) + sumOfSquares(rowsGradient));
      return new Gradients(BatchScore.of(answers, batch), loss, denseGradient, rowsGradient, norm);
    } finally {
      COLLECTING.unlock();
    }
  }

  private void check(Gradients gradients, StepSettings settings) throws DivergedStepException {
    double loss = gradients.loss.total();
    // A value that is not finite anywhere makes the norm so.
    if (!Double.isFinite(loss) || !Double.isFinite(gradients.norm)) {
      throw new DivergedStepException(
          DivergedStepException.Cause.NOT_FINITE, steps(), loss, gradients.norm);
    }
    if (steps() >= SPIKE_WARM_UP && loss > settings.spikeFactor() * progress.lossAverage()) {
      throw new DivergedStepException(
          DivergedStepException.Cause.SPIKE, steps(), loss, gradients.norm);
    }
  }

  private void apply(Gradients gradients, int[] words, StepSettings settings) {
    double scale = gradients.norm > settings.clipNorm() ? settings.clipNorm() / gradients.norm : 1;
    AdamW adam = new AdamW(progress.steps() + 1, settings.learningRate(), scale);
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      double decay = parameter.isMatrix() ? settings.weightDecay() : 0;
      int offset = layout.offset(i);
      adam.update(dense, denseMoments, offset, parameter.size(), gradients.dense, offset, decay);
    }
    int width = spec.width();
    for (int slot = 0; slot < words.length; slot++) {
      adam.update(
          embedding, embeddingMoments, words[slot] * width, width, gradients.rows, slot * width, 0);
    }
  }

  private void advance(int records, double loss) {
    double average =
        progress.steps() == 0
            ? loss
            : (1 - SPIKE_WEIGHT) * progress.lossAverage() + SPIKE_WEIGHT * loss;
    progress =
        new Progress(progress.seed(), progress.steps() + 1, progress.records() + records, average);
  }

  private NDArray forward(NDManager step, EncodedBatch batch, NDArray denseLeaf, NDArray rowsLeaf) {
    Shape shape = new Shape(batch.size(), batch.length());
    return network.logits(
        parts(denseLeaf),
        rowsLeaf,
        arrays.copy(step, batch.slots(), shape),
        arrays.copy(step, batch.mask(), shape));
  }

  private NDArray denseLeaf(NDManager step) {
    return arrays.copy(step, dense, new Shape(dense.length));
  }

  private NDArray rowsLeaf(NDManager step, EncodedBatch batch) {
    int width = spec.width();
    float[] rows = new float[batch.words().length * width];
    for (int slot = 0; slot < batch.words().length; slot++) {
      System.arraycopy(embedding, batch.words()[slot] * width, rows, slot * width, width);
    }
    return arrays.copy(step, rows, new Shape(batch.words().length, width));
  }

  /** Views of the flat leaf; one split, so that the backward pass joins the gradients once. */
  private Map<String, NDArray> parts(NDArray denseLeaf) {
    NDList parts = denseLeaf.split(layout.cuts());
    Map<String, NDArray> byName = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      Parameter parameter = layout.parameters().get(i);
      NDArray part = parts.get(i);
      byName.put(
          parameter.name(),
          parameter.isMatrix() ? part.reshape(parameter.rows(), parameter.columns()) : part);
    }
    return byName;
  }

  private static float[] read(NDManager step, NDArray gradient) {
    gradient.attach(step);
    return gradient.toFloatArray();
  }

  private static float[][] rows(NDArray logits) {
    float[] flat = logits.toFloatArray();
    int classes = (int) logits.getShape().get(1);
    float[][] rows = new float[flat.length / classes][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(flat, row * classes, (row + 1) * classes);
    }
    return rows;
  }

  private static double sumOfSquares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  @Override
  public StudentState snapshot() {
    return new StudentState(
        layout.unflatten(spec, dense, embedding),
        layout.unflatten(spec, denseMoments.first(), embeddingMoments.first()),
        layout.unflatten(spec, denseMoments.second(), embeddingMoments.second()),
        progress);
  }

  @Override
  public void restore(StudentState state) {
    if (!state.spec().equals(spec)) {
      throw new IllegalArgumentException(
          "expected a state of %s, got %s".formatted(spec, state.spec()));
    }
    dense = layout.flatten(state.weights());
    denseMoments =
        new Moments(layout.flatten(state.firstMoments()), layout.flatten(state.secondMoments()));
    embedding = embeddingOf(state.weights());
    embeddingMoments =
        new Moments(embeddingOf(state.firstMoments()), embeddingOf(state.secondMoments()));
    progress = state.progress();
  }

  private static float[] embeddingOf(StudentWeights weights) {
    Tensor tensor = weights.get(StudentSpec.EMBEDDING);
    return tensor.values().clone();
  }

  @Override
  public void close() {
    manager.close();
  }
}
