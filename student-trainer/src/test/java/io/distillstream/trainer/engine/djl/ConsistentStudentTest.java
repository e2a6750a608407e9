package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.engine.djl.MovedByDefinition.RADIUS;
import static io.distillstream.trainer.engine.djl.MovedByDefinition.UNCLIPPED;
import static io.distillstream.trainer.engine.djl.MovedByDefinition.WEIGHT;
import static io.distillstream.trainer.engine.djl.MovedByDefinition.distillation;
import static io.distillstream.trainer.engine.djl.MovedByDefinition.shift;
import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.loss.Consistency.Anchor;
import io.distillstream.trainer.loss.Consistency.Shape;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Word vectors are moved, and answers follow, as the definition has it. */
class ConsistentStudentTest {
  private static final TransformerSpec TRANSFORMER =
      TransformerSpec.uniform(60, 8, 1, 2, 6, 3, 12, true);
  private static final NgramSpec NGRAMS = new NgramSpec(60, 8, 1_000, 3, 12);
  private static final CausalTransformerSpec CAUSAL =
      new CausalTransformerSpec(10, 8, 4, BlockShape.repeated(1, 2, 6), 6);

  private static TrainingObjective objective(Shape shape, Anchor anchor) {
    return TrainingObjective.STANDARD.with(new Consistency(WEIGHT, RADIUS, shape, anchor));
  }

  @ParameterizedTest
  @CsvSource({"L2,STUDENT", "SIGN,STUDENT", "L2,TEACHER"})
  void shouldFollowTheGradientOfTheLossWithShiftAndAnchorFixed(Shape shape, Anchor anchor)
      throws Exception {
    StudentState state = SmallStudents.fresh(TRANSFORMER, 4);
    TrainingBatch batch = SmallStudents.batch(TRANSFORMER, 4, 5);
    MovedByDefinition moved = MovedByDefinition.of(state.weights(), batch, shape, anchor);
    StudentWeights moments;
    try (StudentEngine engine = DjlStudentEngine.from(state, objective(shape, anchor))) {
      StepResult result = engine.learn(batch, UNCLIPPED);
      assertThat(result.loss().consistency())
          .isCloseTo(moved.consistency(state.weights()), within(1e-5));
      assertThat(result.loss().total()).isCloseTo(moved.loss(state.weights()), within(1e-5));
      moments = engine.snapshot().firstMoments();
    }
    for (Parameter parameter : TRANSFORMER.parameters()) {
      int stride = Math.max(1, parameter.size() / 10);
      for (int at = 0; at < parameter.size(); at += stride) {
        double numeric = slope(moved::loss, state.weights(), parameter.name(), at);
        // After the first step a first moment is a tenth of the gradient.
        double computed = moments.get(parameter.name()).values()[at] * 10;
        assertThat(computed).as("%s[%d]", parameter.name(), at).isCloseTo(numeric, within(2e-4));
      }
    }
  }

  private static double slope(
      Function<StudentWeights, Double> loss, StudentWeights weights, String name, int at) {
    StudentWeights up = nudged(weights, name, at, 1e-3f);
    StudentWeights down = nudged(weights, name, at, -1e-3f);
    double width = (double) up.get(name).values()[at] - down.get(name).values()[at];
    return (loss.apply(up) - loss.apply(down)) / width;
  }

  private static StudentWeights nudged(StudentWeights weights, String name, int at, float by) {
    float[] values = weights.get(name).values().clone();
    values[at] += by;
    return new StudentWeights(
        weights.spec(),
        p -> p.name().equals(name) ? new FloatTensor(p.shape(), values) : weights.get(p.name()));
  }

  @Test
  void shouldMoveEveryNgramOfABagAlike() {
    StudentState state = SmallStudents.fresh(NGRAMS, 3);
    TrainingBatch batch = SmallStudents.batch(NGRAMS, 5, 4);
    NaiveNgrams naive = new NaiveNgrams(state.weights());
    Consistency consistency = new Consistency(1, RADIUS, Shape.L2, Anchor.STUDENT);
    try (DjlStudentEngine engine = DjlStudentEngine.from(state)) {
      float[][] moved = engine.movedLogits(batch, UNCLIPPED, consistency);
      for (int row = 0; row < batch.size(); row++) {
        int[] tokens = SmallStudents.tokens(batch)[row];
        double[] expected = naive.logits(tokens, shiftOfMean(naive, state, batch, row));
        for (int c = 0; c < expected.length; c++) {
          assertThat((double) moved[row][c]).isCloseTo(expected[c], within(1e-4));
        }
      }
    }
  }

  /**
   * All vectors of a bag have the same gradient, so each is moved by ρ ‖x‖ / √vectors along it, and
   * so is their mean.
   */
  private static double[] shiftOfMean(
      NaiveNgrams naive, StudentState state, TrainingBatch batch, int row) {
    int[] tokens = SmallStudents.tokens(batch)[row];
    float[] table = state.weights().get(StudentSpec.EMBEDDING).values();
    double length = 0;
    for (int token : tokens) { // pairs start at 0
      for (int i = 0; i < NGRAMS.width(); i++) {
        double x = table[token * NGRAMS.width() + i];
        length += x * x;
      }
    }
    double[] shift = new double[NGRAMS.width()];
    double slope = 0;
    for (int i = 0; i < shift.length; i++) {
      double[] by = new double[shift.length];
      by[i] = 1e-5;
      double up = distillation(batch, row, naive.logits(tokens, by));
      by[i] = -1e-5;
      shift[i] = (up - distillation(batch, row, naive.logits(tokens, by))) / 2e-5;
      slope += shift[i] * shift[i];
    }
    double step = RADIUS * Math.sqrt(length / (2 * tokens.length - 1)) / Math.sqrt(slope);
    for (int i = 0; i < shift.length; i++) {
      shift[i] *= step;
    }
    return shift;
  }

  @Test
  void shouldMoveTheTokensOfACausalStudentTextByText() {
    StudentState state = SmallStudents.fresh(CAUSAL, 3);
    NaiveStudent naive = new NaiveStudent(state.weights());
    int[][] texts = {{5, 2, 9, 1}, {7, 7, 3}};
    float[][] teacher = new float[7][10];
    for (int row = 0; row < teacher.length; row++) {
      teacher[row][row] = 3;
    }
    TrainingBatch batch =
        new TrainingBatch(
            new TokenInputs(texts),
            teacher,
            IntStream.generate(() -> TrainingBatch.UNKNOWN).limit(7).toArray());
    Consistency consistency = new Consistency(1, RADIUS, Shape.L2, Anchor.STUDENT);
    try (DjlStudentEngine engine = DjlStudentEngine.from(state)) {
      float[][] moved = engine.movedLogits(batch, UNCLIPPED, consistency);
      int row = 0;
      for (int[] text : texts) {
        int first = row;
        double[][] shift =
            shift(
                state.weights(),
                text,
                Shape.L2,
                by -> {
                  double[][] logits = naive.logitsPerToken(text, by);
                  double loss = 0;
                  for (int token = 0; token < text.length; token++) {
                    loss += distillation(batch, first + token, logits[token]);
                  }
                  return loss;
                });
        for (double[] expected : naive.logitsPerToken(text, shift)) {
          for (int c = 0; c < expected.length; c++) {
            assertThat((double) moved[row][c]).isCloseTo(expected[c], within(1e-4));
          }
          row++;
        }
      }
    }
  }

  @Test
  void shouldAskBothHeadsForHalfOfIt() throws Exception {
    StudentState state =
        SmallStudents.fresh(SMALL, 5).withHeads(TrainingHeads.of(TrainingHeads.distillation()));
    TrainingBatch batch = SmallStudents.batch(SMALL, 8, 6);
    try (StudentEngine plain = DjlStudentEngine.from(state);
        StudentEngine consistent =
            DjlStudentEngine.from(state, objective(Shape.L2, Anchor.STUDENT))) {
      plain.learn(batch, UNCLIPPED);
      consistent.learn(batch, UNCLIPPED);
      float[] classifier = added(plain, consistent, "adam.first.classifier.bias");
      float[] distillation = added(plain, consistent, "adam.first.head.distillation.bias");
      assertThat(classifier).containsExactly(distillation, within(1e-7f));
      assertThat(classifier[0]).isNotZero();
    }
  }

  private static float[] added(StudentEngine plain, StudentEngine consistent, String name) {
    float[] added = requireNonNull(consistent.snapshot().tensors().get(name)).values().clone();
    float[] without = requireNonNull(plain.snapshot().tensors().get(name)).values();
    for (int i = 0; i < added.length; i++) {
      added[i] -= without[i];
    }
    return added;
  }

  @ParameterizedTest
  @EnumSource(Anchor.class)
  void shouldTakeTheStepsOfOneThatRanOnFromASnapshot(Anchor anchor) throws Exception {
    StudentState half = trained(SmallStudents.fresh(SMALL, 7), anchor, 0, 10);
    StudentState back = StudentState.from(half.tensors(), half.header());
    assertThat(trained(back, anchor, 10, 20))
        .isEqualTo(trained(SmallStudents.fresh(SMALL, 7), anchor, 0, 20));
  }

  private static StudentState trained(StudentState state, Anchor anchor, int from, int to)
      throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(state, objective(Shape.L2, anchor))) {
      for (int step = from; step < to; step++) {
        engine.learn(SmallStudents.batch(SMALL, 8, step), STEP);
      }
      return engine.snapshot();
    }
  }

  @Test
  void shouldTakeAPlainStepWhereItIsOff() throws Exception {
    StudentState state = SmallStudents.fresh(SMALL, 8);
    TrainingObjective off =
        TrainingObjective.STANDARD.with(new Consistency(0, RADIUS, Shape.L2, Anchor.STUDENT));
    try (StudentEngine plain = DjlStudentEngine.from(state);
        StudentEngine switchedOff = DjlStudentEngine.from(state, off)) {
      for (int step = 0; step < 5; step++) {
        assertThat(switchedOff.learn(SmallStudents.batch(SMALL, 8, step), STEP))
            .isEqualTo(plain.learn(SmallStudents.batch(SMALL, 8, step), STEP));
      }
      assertThat(switchedOff.snapshot()).isEqualTo(plain.snapshot());
    }
  }

  @Test
  void shouldMakeTheStudentAnswerAlikeWhereItIsMoved() throws Exception {
    assertThat(distanceAfterTraining(objective(Shape.L2, Anchor.STUDENT)))
        .isLessThan(0.6 * distanceAfterTraining(TrainingObjective.STANDARD));
  }

  /** Mean KL between the answers to unseen texts as they are and moved. */
  private static double distanceAfterTraining(TrainingObjective objective) throws Exception {
    Consistency probe = new Consistency(1, RADIUS, Shape.L2, Anchor.STUDENT);
    try (DjlStudentEngine engine =
        DjlStudentEngine.from(SmallStudents.fresh(SMALL, 9), objective)) {
      for (int step = 0; step < 150; step++) {
        engine.learn(SmallStudents.batch(SMALL, 16, step), STEP);
      }
      TrainingBatch unseen = SmallStudents.batch(SMALL, 64, 1_000);
      float[][] answers = engine.logits(unseen.inputs());
      float[][] moved = engine.movedLogits(unseen, STEP, probe);
      TrainingBatch own = new TrainingBatch(unseen.inputs(), answers, unseen.truth());
      return BatchScore.of(moved, own).meanKl();
    }
  }

  @Test
  void shouldStillRefuseAStepWhoseLossIsNotFinite() {
    StudentWeights good = SmallStudents.fresh(SMALL, 10).weights();
    StudentState state = StudentState.fresh(nudged(good, "norm.scale", 3, Float.NaN), 10);
    try (StudentEngine engine = DjlStudentEngine.from(state, objective(Shape.L2, Anchor.STUDENT))) {
      assertThatThrownBy(() -> engine.learn(SmallStudents.batch(SMALL, 4, 1), STEP))
          .isInstanceOf(DivergedStepException.class);
      assertThat(engine.steps()).isZero();
    }
  }
}
