package io.distillstream.trainer.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.distillstream.trainer.engine.DistillationLoss.Outputs;
import io.distillstream.trainer.engine.Substitution.Choices;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.loss.EntropyGap;
import io.distillstream.trainer.loss.Objective;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TextSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

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
    if (objective.consistency().isOn() && !(state.spec() instanceof TextSpec)) {
      throw new IllegalArgumentException(
          "consistency moves the word vectors of texts; there are none in " + state.spec());
    }
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

  /**
   * An engine that continues from {@code state}, which stays as it is. The caller closes it.
   *
   * @throws IllegalArgumentException if the objective asks for consistency of what are no texts
   */
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
      return network(step, pass, quantized).answer(null).outputs().deployed();
    }
  }

  /**
   * Logits of the batch's texts with their word vectors moved: what consistency would have the
   * student answer to.
   *
   * @param settings whose loss the vectors are moved along
   * @throws IllegalArgumentException if the records are no texts
   */
  public float[][] movedLogits(
      TrainingBatch batch, StepSettings settings, Consistency consistency) {
    ForwardPass pass = ForwardPass.of(spec(), batch.inputs());
    float[] gradient = vectorGradient(pass, batch, settings);
    try (NDManager step = manager.newSubManager()) {
      Network network = network(step, pass, settings.quantized());
      float[] shift = shift(network, pass, gradient, consistency);
      return network.answer(network.shift(shift)).outputs().deployed();
    }
  }

  @Override
  public List<Optional<Substitution>> substitutions(
      TrainingBatch batch, StepSettings settings, List<Choices> choices) {
    if (!(spec() instanceof TextSpec text) || !(batch.inputs() instanceof TokenInputs inputs)) {
      throw new IllegalArgumentException("no words to substitute for " + spec());
    }
    ForwardPass pass = ForwardPass.of(text, inputs);
    float[] gradient = vectorGradient(pass, batch, settings);
    SubstitutionSearch search = new SubstitutionSearch(text, student);
    List<Optional<Substitution>> found = new ArrayList<>();
    for (int row = 0; row < inputs.size(); row++) {
      found.add(
          search.best(inputs.tokens()[row], gradient, pass.vectors().start(row), choices.get(row)));
    }
    return found;
  }

  /** The sum of the rows' losses by each of the batch's word vectors, {@code [vectors, width]}. */
  private float[] vectorGradient(ForwardPass pass, TrainingBatch batch, StepSettings settings) {
    COLLECTING.lock();
    try (NDManager step = manager.newSubManager();
        GradientCollector collector = engine.newGradientCollector()) {
      Network network = network(step, pass, settings.quantized());
      NDArray noShift = network.noShift();
      Network.Run run = network.train(noShift);
      DistillationLoss loss = DistillationLoss.of(run.outputs(), batch, settings, objective);
      collector.backward(run.surrogate(loss.gradients()));
      float[] gradient = noShift.getGradient().toFloatArray();
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= batch.rows();
      }
      return gradient;
    } finally {
      COLLECTING.unlock();
    }
  }

  /** By what the word vectors are moved, {@code [vectors, width]}. */
  private float[] shift(
      Network network, ForwardPass pass, float[] gradient, Consistency consistency) {
    WordVectors texts = pass.vectors();
    float[] vectors = network.vectors();
    float[] shift = new float[vectors.length];
    int width = student.tableWidth();
    for (int text = 0; text < texts.ends().length; text++) {
      consistency.shift(
          vectors, gradient, shift, texts.start(text) * width, texts.ends()[text] * width);
    }
    return shift;
  }

  private Network network(NDManager step, ForwardPass pass, boolean quantized) {
    return new Network(step, arrays, pass, student, heads, quantized);
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
    DistillationLoss loss = gradients.loss;
    check(loss.minimized(), gradients.norm, settings);
    double scale = Math.min(1, settings.clipNorm() / gradients.norm);
    AdamW adam = new AdamW(steps() + 1, settings.learningRate(), scale);
    long before = recordsLearned();
    heads.update(adam, gradients.heads, settings.weightDecay());
    student.update(adam, gradients.dense, pass.words(), gradients.rows, settings.weightDecay());
    student.observe(gradients.observations);
    student.advance(batch.size(), loss.minimized());
    student.average(settings.averagingWindow(), before, weights -> heads.state().deployed(weights));
    return new StepResult(gradients.scores, loss.parts(), gradients.entropyGap, gradients.norm);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Gradients(
      List<RowScore> scores,
      DistillationLoss loss,
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
      Network network = network(step, pass, settings.quantized());
      network.requireGradients();
      NDArray noShift = objective.consistency().isOn() ? network.noShift() : null;
      Network.Run run = network.train(noShift);
      Outputs answers = run.outputs();
      DistillationLoss loss = DistillationLoss.of(answers, batch, settings, objective);
      // Its gradients with respect to the outputs are the loss's own, computed in Java.
      collector.backward(run.surrogate(loss.gradients()));
      // A student that answers with anything but numbers is refused below.
      if (noShift != null && Double.isFinite(loss.minimized())) {
        float[] shift =
            shift(network, pass, noShift.getGradient().toFloatArray(), objective.consistency());
        Network.Run moved = network.train(network.shift(shift));
        ConsistencyLoss consistency =
            ConsistencyLoss.of(answers, moved.outputs(), batch, settings, objective);
        collector.backward(moved.surrogate(consistency.gradients()));
        loss = loss.with(consistency, objective.consistency().weight());
      }
      float[] dense = network.denseGradient();
      float[] rows = network.rowsGradient();
      student.mask(dense, pass.words(), rows);
      Map<String, float[]> ofHeads = network.headGradients();
      double squares = sumOfSquares(dense) + sumOfSquares(rows);
      for (float[] gradient : ofHeads.values()) {
        squares += sumOfSquares(gradient);
      }
      float[][] deployed = batch.live(answers.deployed());
      return new Gradients(
          batch.live().map(live -> BatchScore.rows(deployed, live)).orElse(List.of()),
          loss,
          EntropyGap.of(deployed, batch.live(batch.targets()), settings.temperature()),
          dense,
          rows,
          ofHeads,
          Math.sqrt(squares),
          run.observations());
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
