package io.distillstream.trainer.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.distillstream.trainer.engine.DistillationLoss.Outputs;
import io.distillstream.trainer.loss.EntropyGap;
import io.distillstream.trainer.loss.Objective;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.student.Heads;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Trains with DJL on PyTorch.
 *
 * <p>Weights and moments live on the Java heap, and only there. Each step copies what it needs into
 * native arrays of its own, which end with the step; forward and backward pass are native, loss,
 * checks and optimizer are Java. So nothing native outlives a step, a snapshot is a handover of
 * heap arrays, and a fault in native memory can spoil one gradient, which is checked, but no weight
 * unseen. The copies cost about a hundredth of a step.
 */
public final class DjlStudentEngine implements StudentEngine {
  /** DJL allows one gradient collector per process. */
  private static final ReentrantLock COLLECTING = new ReentrantLock();

  /** Before so many steps the average loss means little. */
  private static final int SPIKE_WARM_UP_STEPS = 50;

  private final Objective objective;
  private final Engine engine;
  private final NDManager manager;
  private final NativeArrays arrays = new NativeArrays();
  private HeapStudent student;
  private HeapHeads heads;

  private DjlStudentEngine(StudentState state, Objective objective) {
    this.objective = objective;
    student = new HeapStudent(state);
    heads = new HeapHeads(state.heads(), state.spec());
    engine = Engine.getEngine("PyTorch");
    manager = engine.newBaseManager();
  }

  /** An engine with the standard objective; see {@link #from(StudentState, Objective)}. */
  public static DjlStudentEngine from(StudentState state) {
    return from(state, Objective.STANDARD);
  }

  /** An engine that continues from {@code state}, which stays as it is. The caller closes it. */
  public static DjlStudentEngine from(StudentState state, Objective objective) {
    // One computation thread: it is as fast for matrices of this size, and sums in one order.
    setUnlessSet("ai.djl.pytorch.num_threads", "1");
    // The native library comes from the class path or not at all.
    setUnlessSet("ai.djl.offline", "true");
    return new DjlStudentEngine(state, objective);
  }

  private static void setUnlessSet(String property, String value) {
    System.setProperty(property, System.getProperty(property, value));
  }

  @Override
  public StudentSpec spec() {
    return student.spec();
  }

  @Override
  public long recordsLearned() {
    return student.progress().records();
  }

  @Override
  public long steps() {
    return student.progress().steps();
  }

  @Override
  public float[][] logits(Inputs inputs) {
    return logits(inputs, false);
  }

  /**
   * Logits as the student will give them in 8 bits: forward pass only, as {@link #logits(Inputs)}.
   *
   * <p>Activations are quantized over the whole batch, so a text's logits depend a little on the
   * texts beside it, here as on the device.
   */
  public float[][] quantizedLogits(Inputs inputs) {
    return logits(inputs, true);
  }

  private float[][] logits(Inputs inputs, boolean quantized) {
    ForwardPass pass = ForwardPass.of(spec(), inputs);
    try (NDManager step = manager.newSubManager()) {
      return outputs(forward(layers(step, leaves(step, pass, quantized)), pass)).deployed();
    }
  }

  @Override
  public StepResult learn(TrainingBatch batch, StepSettings settings) throws DivergedStepException {
    if (batch.classes() != spec().classes()) {
      throw new IllegalArgumentException(
          "expected targets of %d classes, got %d".formatted(spec().classes(), batch.classes()));
    }
    ForwardPass pass = ForwardPass.of(spec(), batch.inputs());
    if (batch.rows() != pass.rows()) {
      throw new IllegalArgumentException(
          "expected %d targets, got %d".formatted(pass.rows(), batch.rows()));
    }
    Gradients gradients = gradients(pass, batch, settings);
    LossParts loss = gradients.loss;
    check(loss.total(), gradients.norm, settings);
    double scale = Math.min(1, settings.clipNorm() / gradients.norm);
    AdamW adam = new AdamW(steps() + 1, settings.learningRate(), scale);
    long before = recordsLearned();
    heads.update(adam, gradients.heads, settings.weightDecay());
    student.update(adam, gradients.dense, pass.words(), gradients.rows, settings.weightDecay());
    student.observe(gradients.observations);
    student.advance(batch.size(), loss.total());
    student.average(settings.averagingWindow(), before, weights -> heads.state().deployed(weights));
    return new StepResult(gradients.scores, loss, gradients.entropyGap, gradients.norm);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Gradients(
      List<RowScore> scores,
      LossParts loss,
      double entropyGap,
      float[] dense,
      float[] rows,
      Map<String, float[]> heads,
      double norm,
      Map<String, float[]> observations) {}

  private Gradients gradients(ForwardPass pass, TrainingBatch batch, StepSettings settings) {
    COLLECTING.lock();
    try (NDManager step = manager.newSubManager();
        GradientCollector collector = engine.newGradientCollector()) {
      Leaves leaves = leaves(step, pass, settings.quantized());
      leaves.requireGradients();
      Layers layers = layers(step, leaves).forTraining();
      List<NDArray> outputs = forward(layers, pass);
      Outputs answers = outputs(outputs);
      DistillationLoss loss = DistillationLoss.of(answers, batch, settings, objective);
      // Its gradients with respect to the outputs are the loss's own, computed in Java.
      collector.backward(surrogate(step, outputs, loss.gradients()));
      float[] dense = leaves.dense.getGradient().toFloatArray();
      float[] rows = leaves.rowsGradient();
      student.mask(dense, pass.words(), rows);
      Map<String, float[]> ofHeads = leaves.headGradients();
      double squares = sumOfSquares(dense) + sumOfSquares(rows);
      for (float[] gradient : ofHeads.values()) {
        squares += sumOfSquares(gradient);
      }
      float[][] deployed = answers.deployed();
      return new Gradients(
          BatchScore.rows(deployed, batch),
          loss.parts(),
          EntropyGap.of(deployed, batch.targets(), settings.temperature()),
          dense,
          rows,
          ofHeads,
          Math.sqrt(squares),
          layers.observations());
    } finally {
      COLLECTING.unlock();
    }
  }

  private void check(double loss, double norm, StepSettings settings) throws DivergedStepException {
    // A gradient that is not finite anywhere makes the norm so.
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new DivergedStepException(DivergedStepException.Cause.NOT_FINITE, steps(), loss, norm);
    }
    double limit = settings.spikeFactor() * student.progress().lossAverage();
    if (steps() >= SPIKE_WARM_UP_STEPS && limit > 0 && loss > limit) {
      throw new DivergedStepException(DivergedStepException.Cause.SPIKE, steps(), loss, norm);
    }
  }

  /** Classifier's, distillation head's and projection's outputs, those that there are. */
  private List<NDArray> forward(Layers layers, ForwardPass pass) {
    NDArray hidden = pass.hidden(layers);
    List<NDArray> outputs = new ArrayList<>();
    outputs.add(layers.linear(StudentSpec.CLASSIFIER, hidden));
    if (heads.heads().distillation()) {
      outputs.add(layers.linear(Heads.DISTILLATION, hidden));
    }
    if (heads.heads().embedding() > 0) {
      outputs.add(layers.linear(Heads.EMBEDDING, hidden));
    }
    return outputs;
  }

  private Outputs outputs(List<NDArray> arrays) {
    boolean distillation = heads.heads().distillation();
    boolean embedding = heads.heads().embedding() > 0;
    return new Outputs(
        matrix(arrays.get(0)),
        distillation ? matrix(arrays.get(1)) : new float[0][],
        embedding ? matrix(arrays.get(arrays.size() - 1)) : new float[0][]);
  }

  /** What has these gradients with respect to these outputs. */
  private NDArray surrogate(
      NDManager step, List<NDArray> outputs, DistillationLoss.Gradients gradients) {
    NDArray sum = null;
    int next = 0;
    for (float[] gradient :
        List.of(gradients.classifier(), gradients.distillation(), gradients.embedding())) {
      if (gradient.length > 0) {
        NDArray output = outputs.get(next++);
        NDArray term = output.mul(arrays.copy(step, gradient, output.getShape())).sum();
        sum = sum == null ? term : sum.add(term);
      }
    }
    if (sum == null) {
      throw new IllegalStateException("a loss without gradients");
    }
    return sum;
  }

  private Layers layers(NDManager step, Leaves leaves) {
    Map<String, NDArray> weights = parts(leaves.dense);
    weights.putAll(leaves.heads);
    return new Layers(
        step,
        arrays,
        weights,
        leaves.rows,
        leaves.quantized ? student.quantizedProducts() : Set.of());
  }

  /**
   * What gradients are taken of.
   *
   * @param dense all dense parameters in one array
   * @param rows the batch's rows of the row table, where there is one
   * @param heads the heads' parameters by name
   * @param quantized whether the student's are what 8 bits will leave of them
   */
  private record Leaves(
      NDArray dense, @Nullable NDArray rows, Map<String, NDArray> heads, boolean quantized) {
    void requireGradients() {
      dense.setRequiresGradient(true);
      heads.values().forEach(head -> head.setRequiresGradient(true));
      if (rows != null) {
        rows.setRequiresGradient(true);
      }
    }

    Map<String, float[]> headGradients() {
      Map<String, float[]> gradients = new LinkedHashMap<>();
      heads.forEach((name, head) -> gradients.put(name, head.getGradient().toFloatArray()));
      return gradients;
    }

    float[] rowsGradient() {
      return rows == null ? new float[0] : rows.getGradient().toFloatArray();
    }
  }

  private Leaves leaves(NDManager step, ForwardPass pass, boolean quantized) {
    float[][] dense = quantized ? student.quantizedDense() : student.dense();
    NDArray denseLeaf = arrays.copy(step, dense, new Shape(student.layout().length()));
    Map<String, NDArray> headLeaves = headLeaves(step);
    if (!student.hasTable()) {
      return new Leaves(denseLeaf, null, headLeaves, quantized);
    }
    int[] words = pass.words();
    Shape shape = new Shape(words.length, student.tableWidth());
    float[] rows = quantized ? student.quantizedRows(words) : student.rows(words);
    return new Leaves(denseLeaf, arrays.copy(step, rows, shape), headLeaves, quantized);
  }

  private Map<String, NDArray> headLeaves(NDManager step) {
    Map<String, NDArray> leaves = new LinkedHashMap<>();
    for (Parameter parameter : heads.parameters()) {
      Shape shape =
          parameter.isMatrix()
              ? new Shape(parameter.rows(), parameter.columns())
              : new Shape(parameter.columns());
      leaves.put(parameter.name(), arrays.copy(step, heads.weights(parameter), shape));
    }
    return leaves;
  }

  /** Views of the flat leaf; one split, so that the backward pass joins the gradients once. */
  private Map<String, NDArray> parts(NDArray denseLeaf) {
    DenseLayout layout = student.layout();
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

  private static float[][] matrix(NDArray array) {
    float[] flat = array.toFloatArray();
    int columns = (int) array.getShape().get(1);
    float[][] rows = new float[flat.length / columns][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
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

  /** A hash of all weights and moments that a step on these inputs may have changed. */
  long fingerprint(Inputs inputs) {
    return fingerprint(student.fingerprint(ForwardPass.of(spec(), inputs).words()));
  }

  /** A hash of all weights and moments, and of the average. */
  long fingerprint() {
    return fingerprint(student.fingerprint());
  }

  private long fingerprint(Fingerprint fingerprint) {
    heads.addTo(fingerprint);
    return fingerprint.value();
  }

  @Override
  public Optional<PruningLevel> prune(PruningPlan plan) {
    student.measure(plan);
    Optional<StudentState> smaller = student.withoutUnits(plan);
    if (smaller.isPresent()) {
      student = new HeapStudent(smaller.get());
      student.measure(plan);
    }
    boolean pruned = student.pruneWeights(plan);
    if (smaller.isPresent() && !pruned) {
      student.fade();
    }
    return pruned || smaller.isPresent() ? Optional.of(pruningLevel()) : Optional.empty();
  }

  @Override
  public PruningLevel pruningLevel() {
    return student.pruningLevel();
  }

  @Override
  public StudentState snapshot() {
    StudentState state = student.state();
    return state.withHeads(state.weights(), heads.state());
  }

  @Override
  public void restore(StudentState state) {
    if (!state.spec().differsInUnitsAtMost(spec())) {
      throw new IllegalArgumentException(
          "expected a state of %s, got %s".formatted(spec(), state.spec()));
    }
    student = new HeapStudent(state);
    heads = new HeapHeads(state.heads(), state.spec());
  }

  @Override
  public void close() {
    manager.close();
  }
}
