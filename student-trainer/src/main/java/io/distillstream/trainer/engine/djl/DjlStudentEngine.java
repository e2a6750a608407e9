package io.distillstream.trainer.engine.djl;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.engine.Substitution.Choices;
import io.distillstream.trainer.engine.heap.Fingerprint;
import io.distillstream.trainer.engine.heap.HeapHeads;
import io.distillstream.trainer.engine.heap.HeapStudent;
import io.distillstream.trainer.engine.heap.HeapStudent.Movement;
import io.distillstream.trainer.engine.heap.NetworkWeights;
import io.distillstream.trainer.engine.heap.SubstitutionSearch;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.objective.BatchLoss;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.AdamW;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.Activations;
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
  /** Before so many steps the average loss means little. */
  private static final int SPIKE_WARM_UP_STEPS = 50;

  private final NativePasses passes;
  private HeapStudent student;
  private HeapHeads heads;

  private DjlStudentEngine(StudentState state, TrainingObjective objective) {
    student = new HeapStudent(state);
    heads = new HeapHeads(state.heads(), state.spec());
    passes = new NativePasses(objective, Activations.MAX_BYTES);
  }

  /** An engine with the standard objective; see {@link #from(StudentState, TrainingObjective)}. */
  public static DjlStudentEngine from(StudentState state) {
    return from(state, TrainingObjective.STANDARD);
  }

  /** An engine that continues from {@code state}, which stays as it is. The caller closes it. */
  public static DjlStudentEngine from(StudentState state, TrainingObjective objective) {
    return new DjlStudentEngine(state, objective);
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
  public float[][] logits(TokenInputs inputs) {
    return logits(inputs, false);
  }

  /**
   * Logits as the student will give them in 8 bits: forward pass only, as {@link
   * #logits(TokenInputs)}.
   *
   * <p>Activations are quantized over the whole batch, so a text's logits depend a little on the
   * texts beside it, here as on the device.
   */
  public float[][] quantizedLogits(TokenInputs inputs) {
    return logits(inputs, true);
  }

  private float[][] logits(TokenInputs inputs, boolean quantized) {
    return passes.logits(ForwardPass.of(spec(), inputs), newest(), quantized);
  }

  private NetworkWeights newest() {
    return student.newest(heads);
  }

  /**
   * Logits of the batch's texts with their word vectors moved: what consistency would have the
   * student answer to.
   *
   * @param settings whose loss the vectors are moved along
   */
  public float[][] movedLogits(
      TrainingBatch batch, StepSettings settings, Consistency consistency) {
    ForwardPass pass = ForwardPass.of(spec(), batch.inputs());
    return passes.movedLogits(spec(), pass, newest(), batch, settings, consistency);
  }

  @Override
  public List<Optional<Substitution>> substitutions(
      TrainingBatch batch, StepSettings settings, List<Choices> choices) {
    TokenInputs inputs = batch.inputs();
    ForwardPass pass = ForwardPass.of(spec(), inputs);
    float[] gradient = passes.vectorGradient(spec(), pass, newest(), batch, settings);
    SubstitutionSearch search = new SubstitutionSearch(spec(), student);
    List<Optional<Substitution>> found = new ArrayList<>();
    for (int row = 0; row < inputs.size(); row++) {
      found.add(
          search.best(inputs.tokens()[row], gradient, pass.vectors().start(row), choices.get(row)));
    }
    return found;
  }

  @Override
  public Optional<BatchScore> scoreAverage(TrainingBatch batch, StepSettings settings) {
    return student
        .average()
        .flatMap(average -> batch.live().map(live -> score(average, batch, live, settings)));
  }

  /** Activations are quantized over the whole batch, so all of it goes through the network. */
  private BatchScore score(
      NetworkWeights weights, TrainingBatch batch, TrainingBatch live, StepSettings settings) {
    ForwardPass pass = ForwardPass.of(spec(), batch.inputs());
    return BatchScore.of(batch.live(passes.logits(pass, weights, settings.quantized())), live);
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
    StepGradients gradients = passes.gradients(spec(), pass, newest(), batch, settings);
    student.mask(gradients.dense(), pass.words(), gradients.rows());
    double norm = gradients.norm();
    BatchLoss loss = gradients.loss();
    check(loss.minimized(), norm, settings);
    double scale = Math.min(1, settings.clipNorm() / norm);
    AdamW adam = new AdamW(steps() + 1, settings.learningRate(), scale);
    long before = recordsLearned();
    heads.update(adam, gradients.heads(), settings.weightDecay());
    Movement movement =
        new Movement(adam, adam.slowedBy(settings.wordRate()), settings.weightDecay());
    student.update(movement, gradients.dense(), pass.words(), gradients.rows());
    student.advance(batch.freshRecords(), loss.minimized());
    student.average(settings.averagingWindow(), before, weights -> heads.state().deployed(weights));
    return new StepResult(
        gradients.scores(), gradients.replayed(), loss.parts(), gradients.entropyGap(), norm);
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

  /** A hash of all weights and moments that a step on these inputs may have changed. */
  public long fingerprint(TokenInputs inputs) {
    return fingerprint(student.fingerprint(ForwardPass.of(spec(), inputs).words()));
  }

  /** A hash of all weights and moments, and of the average. */
  public long fingerprint() {
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
    passes.close();
  }
}
