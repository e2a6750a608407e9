package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Mode;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.schedule.Averaging;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentWeights;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AveragingTest {
  /** A quarter of a stride, so that every fourth step moves the average. */
  private static final int BATCH = 128;

  private static final int PER_STRIDE = Averaging.STRIDE / BATCH;
  private static final double WINDOW = 4 * Averaging.STRIDE;
  private static final StepSettings STEP = step(WINDOW);

  private static StepSettings step(double window) {
    return new StepSettings(2, 0.9, 3e-3, 1, 0.01, 1, 8, false, window);
  }

  @Test
  void shouldReachBackFurtherAsTheStreamGoesOn() {
    Averaging averaging = new Averaging(0.25, 10_000);
    assertThat(averaging.window(0)).isEqualTo(512);
    assertThat(averaging.window(2_048)).isEqualTo(512);
    assertThat(averaging.window(20_000)).isEqualTo(5_000);
    assertThat(averaging.window(40_000)).isEqualTo(10_000);
    assertThat(averaging.window(1_000_000)).isEqualTo(10_000);
  }

  @Test
  void shouldBeDueOncePerStrideWhateverTheBatches() {
    assertThat(Averaging.due(0, 511)).isZero();
    assertThat(Averaging.due(511, 512)).isEqualTo(1);
    assertThat(Averaging.due(512, 1_023)).isZero();
    assertThat(Averaging.due(500, 1_600)).isEqualTo(3);
  }

  @Test
  void shouldRefuseAWindowThatIsNone() {
    assertThatThrownBy(() -> new Averaging(0, 1_000)).hasMessageContaining("share in (0, 1]");
    assertThatThrownBy(() -> new Averaging(0.5, 511)).hasMessageContaining("at least 512");
  }

  @Test
  void shouldBeTheMovingAverageOfTheWeightsByItsDefinition() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 1))) {
      Map<String, double[]> expected = new HashMap<>();
      for (int stride = 0; stride < 5; stride++) {
        train(engine, STEP, PER_STRIDE);
        StudentState state = engine.snapshot();
        double share = stride == 0 ? 1 : Averaging.STRIDE / WINDOW;
        for (Parameter parameter : SMALL.parameters()) {
          float[] weights = state.weights().get(parameter.name()).values();
          double[] average =
              expected.computeIfAbsent(parameter.name(), name -> new double[weights.length]);
          for (int i = 0; i < weights.length; i++) {
            average[i] += share * (weights[i] - average[i]);
          }
          assertThat(doubles(state.deployed().get(parameter.name())))
              .containsExactly(average, within(1e-6));
        }
      }
      assertThat(engine.snapshot().deployed()).isNotEqualTo(engine.snapshot().weights());
    }
  }

  @Test
  void shouldHandOverTheNewestWeightsBeforeTheFirstStrideIsFull() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2))) {
      train(engine, STEP, PER_STRIDE - 1);
      StudentState state = engine.snapshot();
      assertThat(state.average()).isEmpty();
      assertThat(state.deployed()).isEqualTo(state.weights());
    }
  }

  @Test
  void shouldTakeTheSameStepsAsWithoutAnAverage() throws Exception {
    StudentState with = trained(SmallStudents.fresh(SMALL, 3), STEP, 3 * PER_STRIDE);
    StudentState without = trained(SmallStudents.fresh(SMALL, 3), step(0), 3 * PER_STRIDE);
    assertThat(without.average()).isEmpty();
    assertThat(with.average()).isPresent();
    assertThat(with.withAverage(without.average())).isEqualTo(without);
  }

  @Test
  void shouldContinueFromASnapshotBetweenTwoStridesAsIfNothingHadHappened() throws Exception {
    int half = 2 * PER_STRIDE + 1;
    StudentState state = trained(SmallStudents.fresh(SMALL, 4), STEP, half);
    StudentState back = StudentState.from(state.tensors(), state.header());
    assertThat(back).isEqualTo(state);
    assertThat(trained(back, STEP, half))
        .isEqualTo(trained(SmallStudents.fresh(SMALL, 4), STEP, 2 * half));
  }

  @Test
  void shouldNotChangeWhatWasHandedOver() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 5))) {
      train(engine, STEP, 2 * PER_STRIDE);
      StudentState state = engine.snapshot();
      Map<String, float[]> copies = new HashMap<>();
      state.tensors().forEach((name, tensor) -> copies.put(name, tensor.values().clone()));
      train(engine, STEP, 2 * PER_STRIDE);
      state
          .tensors()
          .forEach((name, tensor) -> assertThat(tensor.values()).isEqualTo(copies.get(name)));
    }
  }

  @Test
  void shouldForgetTheAverageWhereNoneIsWanted() throws Exception {
    StudentState state = trained(SmallStudents.fresh(SMALL, 6), STEP, PER_STRIDE);
    StudentState later = trained(state, step(0), 1);
    assertThat(later.average()).isEmpty();
    assertThat(later.header()).doesNotContainKey("averaged");
  }

  @Test
  void shouldNameAMissingTensor() throws Exception {
    StudentState state = trained(SmallStudents.fresh(SMALL, 7), STEP, PER_STRIDE);
    Map<String, FloatTensor> tensors = new HashMap<>(state.tensors());
    tensors.remove("average.norm.scale");
    assertThatThrownBy(() -> StudentState.from(tensors, state.header()))
        .hasMessageContaining("average.norm.scale");
  }

  @Test
  void shouldAverageTheMeanOfBothHeads() throws Exception {
    StudentState start =
        SmallStudents.fresh(SMALL, 8).withHeads(TrainingHeads.of(TrainingHeads.distillation()));
    StudentState first = trained(start, STEP, PER_STRIDE);
    assertThat(first.average()).contains(first.newest());
    assertThat(first.newest()).isNotEqualTo(first.weights());
    assertThat(first.asDeployed().heads().heads()).isEqualTo(TrainingHeads.NONE);
  }

  @Test
  void shouldKeepPrunedWeightsAtZeroInTheAverage() throws Exception {
    StudentState state = pruned(Mode.UNSTRUCTURED);
    long zeros = 0;
    for (Parameter parameter : SMALL.parameters()) {
      FloatTensor scores = state.pruning().scores().get(parameter.name());
      for (int i = 0; scores != null && i < scores.values().length; i++) {
        if (scores.values()[i] == PruningMemory.PRUNED) {
          assertThat(state.deployed().get(parameter.name()).values()[i]).isZero();
          zeros++;
        }
      }
    }
    assertThat(zeros).isPositive();
  }

  @Test
  void shouldTakeUnitsOutOfTheAverage() throws Exception {
    StudentState state = pruned(Mode.STRUCTURED);
    assertThat(state.spec().size()).isLessThan(SMALL.size());
    assertThat(state.average().map(StudentWeights::spec)).contains(state.spec());
  }

  /** Pruned by half right after the average was moved, so that it is pruned, too. */
  private static StudentState pruned(Mode mode) throws DivergedStepException {
    long due = 2 * Averaging.STRIDE;
    PruningPlan plan =
        new PruningPlan(
            mode,
            Units.NETWORK,
            Criterion.MAGNITUDE,
            Scope.ALL,
            Scaling.NONE,
            new PruningSchedule(PruningSchedule.Shape.EQUAL, due, 1, 0.5, 0.5));
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 9))) {
      train(engine, STEP, 2 * PER_STRIDE);
      assertThat(engine.prune(plan)).isPresent();
      return engine.snapshot();
    }
  }

  private static StudentState trained(StudentState start, StepSettings settings, int steps)
      throws DivergedStepException {
    try (StudentEngine engine = DjlStudentEngine.from(start)) {
      train(engine, settings, steps);
      return engine.snapshot();
    }
  }

  private static void train(StudentEngine engine, StepSettings settings, int steps)
      throws DivergedStepException {
    for (long end = engine.steps() + steps; engine.steps() < end; ) {
      engine.learn(SmallStudents.batch(SMALL, BATCH, engine.steps()), settings);
    }
  }

  private static double[] doubles(FloatTensor tensor) {
    double[] values = new double[tensor.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.values()[i];
    }
    return values;
  }
}
