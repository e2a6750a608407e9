package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.objective.LossByDefinition;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import org.junit.jupiter.api.Test;

class DjlStudentEngineTest {

  @Test
  void shouldComputeTheLogitsOfItsDefinition() {
    compareWithTheDefinition(SMALL);
  }

  @Test
  void shouldComputeUnequalBlocksAndHeadsNarrowerThanTheWidth() {
    compareWithTheDefinition(SmallStudents.UNEQUAL);
  }

  private static void compareWithTheDefinition(TransformerSpec spec) {
    StudentState state = SmallStudents.fresh(spec, 1);
    NaiveStudent naive = new NaiveStudent(state.weights());
    TrainingBatch batch = SmallStudents.batch(spec, 9, 2);
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      float[][] logits = engine.logits(batch.inputs());
      for (int row = 0; row < batch.size(); row++) {
        double[] expected = naive.logits(SmallStudents.tokens(batch)[row]);
        for (int c = 0; c < expected.length; c++) {
          assertThat((double) logits[row][c]).isCloseTo(expected[c], within(2e-5));
        }
      }
    }
  }

  @Test
  void shouldAnswerTheSameWhateverTheOthersInTheBatch() {
    int[] text = {3, 14, 15};
    int[][] longer = {text, {9, 26, 5, 35, 8, 9, 7, 9, 32}, {1}};
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 3))) {
      float[] alone = engine.logits(new TokenInputs(new int[][] {text}))[0];
      float[] padded = engine.logits(new TokenInputs(longer))[0];
      assertThat(padded).containsExactly(alone, within(1e-5f));
    }
  }

  @Test
  void shouldFollowTheGradientOfTheLoss() throws Exception {
    TransformerSpec spec = TransformerSpec.uniform(60, 8, 1, 2, 6, 3, 12, true);
    StudentState state = SmallStudents.fresh(spec, 4);
    TrainingBatch batch = SmallStudents.batch(spec, 4, 5);
    StepSettings unclipped =
        new StepSettings(3, 0.7, 1e-3, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    StudentWeights moments;
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      engine.learn(batch, unclipped);
      moments = engine.snapshot().firstMoments();
    }
    for (Parameter parameter : spec.parameters()) {
      // A probe per tenth or so of each tensor; the word table at words that occur.
      int stride = Math.max(1, parameter.size() / 10);
      for (int at = 0; at < parameter.size(); at += stride) {
        double numeric = numericGradient(state.weights(), parameter.name(), at, batch, unclipped);
        // After the first step a first moment is a tenth of the gradient.
        double computed = moments.get(parameter.name()).values()[at] * 10;
        assertThat(computed).as("%s[%d]", parameter.name(), at).isCloseTo(numeric, within(1e-4));
      }
    }
  }

  private static double numericGradient(
      StudentWeights weights, String name, int at, TrainingBatch batch, StepSettings settings) {
    float[] nudged = weights.get(name).values().clone();
    float center = nudged[at];
    double step = 1e-3;
    nudged[at] = (float) (center + step);
    double up = loss(with(weights, name, nudged), batch, settings);
    double upper = nudged[at];
    nudged[at] = (float) (center - step);
    double down = loss(with(weights, name, nudged), batch, settings);
    return (up - down) / (upper - nudged[at]);
  }

  private static StudentWeights with(StudentWeights weights, String name, float[] values) {
    return new StudentWeights(
        weights.spec(),
        p -> p.name().equals(name) ? new FloatTensor(p.shape(), values) : weights.get(p.name()));
  }

  /** In double precision: fp32 logits would drown the differences. */
  private static double loss(StudentWeights weights, TrainingBatch batch, StepSettings settings) {
    NaiveStudent naive = new NaiveStudent(weights);
    double total = 0;
    for (int row = 0; row < batch.size(); row++) {
      double[] s = naive.logits(SmallStudents.tokens(batch)[row]);
      double[] t = new double[s.length];
      for (int c = 0; c < t.length; c++) {
        t[c] = ((DenseTarget) batch.targets().get(row)).logits()[c];
      }
      int known = batch.truth()[row];
      int target = known == TrainingBatch.UNKNOWN ? batch.targets().get(row).answer() : known;
      total += LossByDefinition.of(t, s, target, settings.temperature(), settings.alpha());
    }
    return total / batch.size();
  }

  @Test
  void shouldLearnASeparableProblem() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 6))) {
      BatchScore early = BatchScore.NONE;
      BatchScore late = BatchScore.NONE;
      for (int step = 0; step < 200; step++) {
        BatchScore score = engine.learn(SmallStudents.batch(SMALL, 16, 100 + step), STEP).score();
        early = step < 10 ? early.plus(score) : early;
        late = step >= 180 ? late.plus(score) : late;
      }
      assertThat(early.agreement()).isLessThan(0.6);
      assertThat(late.agreement()).isGreaterThan(0.95);
      assertThat(late.accuracy()).isGreaterThan(0.95);
      assertThat(late.meanKl()).isLessThan(early.meanKl() / 3);
    }
  }

  @Test
  void shouldTouchOnlyTheWordsOfTheBatch() throws Exception {
    StudentState state = SmallStudents.fresh(SMALL, 9);
    TrainingBatch batch =
        new TrainingBatch(
            new TokenInputs(new int[][] {{5, 7}}), new float[][] {{1, 2, 3}}, new int[] {-1});
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      engine.learn(batch, STEP);
      float[] before = state.weights().get(StudentSpec.EMBEDDING).values();
      float[] after = engine.snapshot().weights().get(StudentSpec.EMBEDDING).values();
      for (int i = 0; i < after.length; i++) {
        int word = i / SMALL.width();
        assertThat(after[i] == before[i])
            .as("value of word %d", word)
            .isEqualTo(word != 5 && word != 7);
      }
    }
  }

  @Test
  void shouldMoveWordsAtTheirShareOfTheRate() throws Exception {
    StudentWeights before = SmallStudents.fresh(SMALL, 9).weights();
    TrainingBatch batch = SmallStudents.batch(SMALL, 16, 1);
    StudentWeights full = moved(batch, new StepSettings(2, 0.9, 1e-3, 1, 0, 1, 1e9, false, 0));
    StudentWeights quarter =
        moved(batch, new StepSettings(2, 0.9, 1e-3, 0.25, 0, 1, 1e9, false, 0));

    for (Parameter each : SMALL.parameters()) {
      String parameter = each.name();
      float[] start = before.get(parameter).values();
      for (int i = 0; i < start.length; i++) {
        double step = full.get(parameter).values()[i] - start[i];
        double share = parameter.equals(StudentSpec.EMBEDDING) ? 0.25 : 1;
        assertThat(quarter.get(parameter).values()[i] - start[i])
            .as("%s, value %d", parameter, i)
            .isCloseTo((float) (share * step), within(1e-6f));
      }
    }
  }

  private static StudentWeights moved(TrainingBatch batch, StepSettings settings) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 9))) {
      engine.learn(batch, settings);
      return engine.snapshot().weights();
    }
  }

  @Test
  void shouldRefuseAStepWhoseLossIsNotFinite() {
    StudentWeights good = RandomStart.weights(SMALL, 10);
    float[] spoilt = good.get("norm.scale").values().clone();
    spoilt[3] = Float.NaN;
    StudentState state = StudentState.fresh(with(good, "norm.scale", spoilt), 10);
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      assertThatThrownBy(() -> engine.learn(SmallStudents.batch(SMALL, 4, 1), STEP))
          .isInstanceOfSatisfying(
              DivergedStepException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(DivergedStepException.Cause.NOT_FINITE);
                assertThat(e.loss()).isNaN();
              });
      assertThat(engine.snapshot()).isEqualTo(state);
    }
  }

  @Test
  void shouldRefuseALeapOfTheLossUnlessToldOtherwise() throws Exception {
    StepSettings touchy = new StepSettings(2, 0.9, 1e-3, 0, 1, 2);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 11))) {
      for (int step = 0; step < 120; step++) {
        engine.learn(SmallStudents.batch(SMALL, 16, step), STEP);
      }
      StudentState before = engine.snapshot();
      TrainingBatch surprise =
          new TrainingBatch(
              new TokenInputs(new int[][] {{0, 20}}), new float[][] {{-30, 30, 30}}, new int[] {1});
      assertThatThrownBy(() -> engine.learn(surprise, touchy))
          .isInstanceOfSatisfying(
              DivergedStepException.class,
              e -> assertThat(e.reason()).isEqualTo(DivergedStepException.Cause.SPIKE));
      assertThat(engine.snapshot()).isEqualTo(before);
      engine.learn(surprise, touchy.withoutSpikeCheck());
      assertThat(engine.steps()).isEqualTo(121);
    }
  }

  @Test
  void shouldCountStepsAndRecords() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 12))) {
      engine.learn(SmallStudents.batch(SMALL, 5, 1), STEP);
      engine.learn(SmallStudents.batch(SMALL, 3, 2), STEP);
      assertThat(engine.steps()).isEqualTo(2);
      assertThat(engine.recordsLearned()).isEqualTo(8);
    }
  }

  @Test
  void shouldRefuseTextsItCannotTake() {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 13))) {
      assertThatThrownBy(() -> engine.logits(new TokenInputs(new int[][] {new int[13]})))
          .hasMessageContaining("13 word pieces");
      assertThatThrownBy(() -> engine.logits(new TokenInputs(new int[][] {{60}})))
          .hasMessageContaining("60");
      assertThatThrownBy(() -> engine.logits(new TokenInputs(new int[][] {{1}, {}})))
          .hasMessageContaining("text 1 has 0");
    }
  }

  @Test
  void shouldRefuseAStateOfAnotherSpec() {
    TransformerSpec other = TransformerSpec.uniform(60, 16, 1, 2, 24, 3, 12, true);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 14))) {
      assertThatThrownBy(() -> engine.restore(SmallStudents.fresh(other, 14)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
