package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.engine.djl.PruningRun.BATCH;
import static io.distillstream.trainer.engine.djl.PruningRun.train;
import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Mode;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.prune.PruningSchedule.Shape;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PruningTest {

  /** 10 % after 5 steps, then 10 % every 5 steps up to 70 %. */
  private static PruningPlan plan(Criterion criterion, Scope scope) {
    return new PruningPlan(
        Mode.UNSTRUCTURED,
        Units.NETWORK,
        criterion,
        scope,
        Scaling.NONE,
        new PruningSchedule(Shape.EQUAL, 5 * BATCH, 5 * BATCH, 0.1, 0.7));
  }

  @ParameterizedTest
  @EnumSource
  void shouldReachEachLevelExactlyAndKeepPrunedWeightsAtZero(Criterion criterion) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 1))) {
      List<PruningLevel> levels = train(engine, plan(criterion, Scope.ALL), 60);

      long size =
          SMALL.parameters().stream().filter(Parameter::isMatrix).mapToLong(Parameter::size).sum();
      assertThat(levels).hasSize(7);
      for (int i = 0; i < levels.size(); i++) {
        double due = i == 6 ? 0.7 : 0.1 * (i + 1);
        assertThat(levels.get(i).pruned()).isEqualTo((long) (due * size));
      }
      assertPrunedWeightsAreZero(engine.snapshot(), (long) (0.7 * size));
    }
  }

  private static void assertPrunedWeightsAreZero(StudentState state, long expected) {
    long pruned = 0;
    long zeros = 0;
    for (Parameter parameter : SMALL.parameters()) {
      if (!parameter.isMatrix()) {
        continue;
      }
      float[] scores = state.pruning().scores(parameter.name()).values();
      float[] weights = state.weights().get(parameter.name()).values();
      for (int i = 0; i < scores.length; i++) {
        zeros += Float.floatToRawIntBits(weights[i]) == 0 ? 1 : 0;
        if (scores[i] == PruningMemory.PRUNED) {
          pruned++;
          assertThat(weights[i]).isZero();
          assertThat(state.firstMoments().get(parameter.name()).values()[i]).isZero();
          assertThat(state.secondMoments().get(parameter.name()).values()[i]).isZero();
        }
      }
    }
    assertThat(pruned).isEqualTo(expected);
    assertThat(zeros).isEqualTo(expected);
  }

  @Test
  void shouldLeaveTheWordTableAloneInTheScopeOfTheNetwork() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2))) {
      train(engine, plan(Criterion.MAGNITUDE, Scope.NETWORK), 60);

      StudentState state = engine.snapshot();
      assertThat(state.pruning().scores()).doesNotContainKey(StudentSpec.EMBEDDING);
      assertThat(state.weights().get(StudentSpec.EMBEDDING).values()).doesNotContain(0);
      assertThat(engine.pruningLevel().sparsity()).isBetween(0.699, 0.7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldContinueFromTheMiddleBitForBit(Criterion criterion) throws Exception {
    PruningPlan plan = plan(criterion, Scope.ALL);
    StudentState half;
    StudentState whole;
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 3))) {
      train(engine, plan, 23);
      half = engine.snapshot();
      train(engine, plan, 50);
      whole = engine.snapshot();
    }
    StudentState read = StudentState.from(half.tensors(), half.header());
    assertThat(read).isEqualTo(half);
    try (StudentEngine resumed = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 999))) {
      resumed.restore(read);
      train(resumed, plan, 50);
      assertThat(resumed.snapshot()).isEqualTo(whole);
    }
  }

  @Test
  void shouldScoreTheGradientOfTheLoss() throws Exception {
    StudentState state = SmallStudents.fresh(SMALL, 4);
    StepSettings unclipped =
        new StepSettings(3, 0.7, 1e-3, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      engine.prune(plan(Criterion.TAYLOR, Scope.ALL));
      engine.learn(SmallStudents.batch(SMALL, BATCH, 5), unclipped);
      StudentState after = engine.snapshot();
      for (Parameter parameter : SMALL.parameters()) {
        if (parameter.isMatrix()) {
          float[] scores = after.pruning().scores(parameter.name()).values();
          float[] weights = state.weights().get(parameter.name()).values();
          // After the first step a first moment is a tenth of the gradient.
          float[] moments = after.firstMoments().get(parameter.name()).values();
          for (int i = 0; i < scores.length; i++) {
            float expected = Math.abs(weights[i] * moments[i] * 10);
            assertThat(scores[i]).isBetween(expected * 0.999f, expected * 1.001f);
          }
        }
      }
    }
  }

  @Test
  void shouldTrainAsEverWithoutAPlan() throws Exception {
    try (StudentEngine planned = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 6));
        StudentEngine plain = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 6))) {
      train(planned, PruningPlan.NONE, 10);
      while (plain.steps() < 10) {
        plain.learn(SmallStudents.batch(SMALL, BATCH, plain.steps()), STEP);
      }
      assertThat(planned.snapshot()).isEqualTo(plain.snapshot());
      assertThat(planned.snapshot().pruning()).isEqualTo(PruningMemory.NONE);
    }
  }

  @Test
  void shouldKeepMasksWhenThePlanEnds() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 7))) {
      train(engine, plan(Criterion.TAYLOR, Scope.ALL), 12);
      PruningLevel level = engine.pruningLevel();
      train(engine, PruningPlan.NONE, 30);
      assertThat(engine.pruningLevel()).isEqualTo(level);
      assertPrunedWeightsAreZero(engine.snapshot(), level.pruned());
    }
  }
}
