package io.distillstream.trainer.loop;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.state.StudentState.Progress;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An engine whose only trained values are the classifier's biases: they follow the mean of the
 * teacher's logits. Steps diverge where the test says so. The order of batches shows in its bits.
 */
public final class ScriptedEngine implements StudentEngine {
  static final TransformerSpec SPEC =
      TransformerSpec.uniform(
          MadeUpExamples.VOCABULARY, 2, 0, 1, 2, MadeUpExamples.CLASSES, 4, false);

  final List<Integer> batchSizes = new ArrayList<>();
  final List<TrainingBatch> batches = new ArrayList<>();
  final List<StepSettings> settings = new ArrayList<>();

  /** Records learned whenever the average was scored. */
  final List<Long> averageScoredAt = new ArrayList<>();

  private long interveneAt = Long.MAX_VALUE;
  private Runnable intervention = () -> {};
  private final Deque<Divergence> divergences = new ArrayDeque<>();
  private StudentState state;

  private record Divergence(Predicate<Long> when, DivergedStepException.Cause cause) {}

  public ScriptedEngine() {
    this(StudentState.fresh(StudentWeights.zeros(SPEC), 7));
  }

  public ScriptedEngine(StudentState state) {
    this.state = state;
  }

  /** The first step at or beyond this many records diverges; later ones do not, unless told so. */
  void divergeOnceAt(long records, DivergedStepException.Cause cause) {
    divergences.add(new Divergence(learned -> learned >= records, cause));
  }

  /** Once, before the first step at or beyond this many records. */
  void beforeStepAt(long records, Runnable action) {
    interveneAt = records;
    intervention = action;
  }

  @Override
  public StudentSpec spec() {
    return state.spec();
  }

  @Override
  public long recordsLearned() {
    return state.progress().records();
  }

  @Override
  public long steps() {
    return state.progress().steps();
  }

  @Override
  public float[][] logits(TokenInputs inputs) {
    float[][] logits = new float[inputs.size()][];
    for (int row = 0; row < logits.length; row++) {
      logits[row] = biases().clone();
    }
    return logits;
  }

  @Override
  public StepResult learn(TrainingBatch batch, StepSettings settings) throws DivergedStepException {
    if (recordsLearned() >= interveneAt) {
      interveneAt = Long.MAX_VALUE;
      intervention.run();
    }
    Divergence next = divergences.peek();
    if (next != null && next.when().test(recordsLearned())) {
      boolean spike = next.cause() == DivergedStepException.Cause.SPIKE;
      if (!spike || Double.isFinite(settings.spikeFactor())) {
        divergences.remove();
        throw new DivergedStepException(next.cause(), steps(), 100, Double.NaN);
      }
    }
    this.settings.add(settings);
    batchSizes.add(batch.size());
    batches.add(batch);
    List<RowScore> rows = scores(batch, Origin.LIVE);
    List<RowScore> replayed = scores(batch, Origin.REPLAYED);
    float[] biases = biases().clone();
    for (SoftTarget target : batch.targets()) {
      float[] teacher = ((DenseTarget) target).logits();
      for (int c = 0; c < biases.length; c++) {
        biases[c] += (float) settings.learningRate() * (teacher[c] - biases[c]);
      }
    }
    Progress before = state.progress();
    Progress after =
        new Progress(before.seed(), before.steps() + 1, before.records() + batch.freshRecords(), 1);
    StudentWeights weights =
        new StudentWeights(
            SPEC,
            parameter ->
                parameter.name().equals("classifier.bias")
                    ? new FloatTensor(parameter.shape(), biases)
                    : state.weights().get(parameter.name()));
    state = new StudentState(weights, state.firstMoments(), state.secondMoments(), after);
    return new StepResult(
        rows,
        replayed,
        new LossParts(1, Map.of(LossParts.DISTILLATION, 1.0, LossParts.CROSS_ENTROPY, 1.0)),
        0,
        1);
  }

  private List<RowScore> scores(TrainingBatch batch, Origin origin) {
    return batch
        .part(origin)
        .map(part -> BatchScore.rows(logits(part.inputs()), part))
        .orElse(List.of());
  }

  /** As if the average answered the first class always. */
  @Override
  public Optional<BatchScore> scoreAverage(TrainingBatch batch, StepSettings settings) {
    averageScoredAt.add(recordsLearned());
    return batch
        .live()
        .map(live -> BatchScore.of(new float[live.rows()][MadeUpExamples.CLASSES], live));
  }

  /** The first word in the first place that is open. */
  @Override
  public List<Optional<Substitution>> substitutions(
      TrainingBatch batch, StepSettings settings, List<Substitution.Choices> choices) {
    return choices.stream()
        .map(open -> Optional.of(new Substitution(open.positions()[0], open.words()[0], 1)))
        .toList();
  }

  /** Spoils the weights, as a fault in native memory would. */
  void spoil(float value) {
    StudentWeights weights =
        new StudentWeights(
            SPEC,
            parameter -> {
              float[] values = state.weights().get(parameter.name()).values().clone();
              if (parameter.name().equals("classifier.bias")) {
                values[0] = value;
              }
              return new FloatTensor(parameter.shape(), values);
            });
    state =
        new StudentState(weights, state.firstMoments(), state.secondMoments(), state.progress());
  }

  private float[] biases() {
    return state.weights().get("classifier.bias").values();
  }

  @Override
  public Optional<PruningLevel> prune(PruningPlan plan) {
    return Optional.empty();
  }

  @Override
  public PruningLevel pruningLevel() {
    return new PruningLevel(0, 0, 0, SPEC.size(), 0);
  }

  @Override
  public StudentState snapshot() {
    return state;
  }

  @Override
  public void restore(StudentState state) {
    this.state = state;
  }

  @Override
  public void close() {}
}
