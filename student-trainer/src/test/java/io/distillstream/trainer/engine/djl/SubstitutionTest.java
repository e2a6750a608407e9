package io.distillstream.trainer.engine.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.engine.Substitution.Choices;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.objective.LossByDefinition;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubstitutionTest {
  private static final TransformerSpec TRANSFORMER =
      TransformerSpec.uniform(60, 8, 1, 2, 6, 3, 12, true);
  private static final NgramSpec NGRAMS = new NgramSpec(60, 8, 1_000, 3, 12);
  private static final StepSettings STEP = new StepSettings(3, 0.7, 1e-3, 0, 1, 1e9);
  private static final double NUDGE = 1e-5;

  /** The loss of a text of which one step towards a substitution is taken. */
  private interface Towards {
    double loss(int[] tokens, int position, int word, double step);
  }

  @Test
  void shouldFindTheSteepestSubstitutionForATransformer() throws Exception {
    shouldFindTheSteepest(TRANSFORMER);
  }

  @Test
  void shouldFindTheSteepestSubstitutionForABagWithItsPairs() throws Exception {
    shouldFindTheSteepest(NGRAMS);
  }

  private static void shouldFindTheSteepest(StudentSpec spec) throws Exception {
    TrainingBatch batch = SmallStudents.batch(spec, 6, 3);
    int[] words = IntStream.range(0, 60).toArray();
    List<Choices> open = new ArrayList<>();
    for (int[] tokens : SmallStudents.tokens(batch)) {
      open.add(new Choices(IntStream.range(0, tokens.length).toArray(), words));
    }
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(spec, 2))) {
      for (int step = 0; step < 20; step++) {
        engine.learn(SmallStudents.batch(spec, 16, step), STEP);
      }
      List<Optional<Substitution>> found = engine.substitutions(batch, STEP, open);
      StudentWeights weights = engine.snapshot().weights();
      for (int row = 0; row < batch.rows(); row++) {
        Substitution best = found.get(row).orElseThrow();
        int[] tokens = SmallStudents.tokens(batch)[row];
        double[][] slopes = slopes(tokens, towards(weights, batch, row));
        assertThat(slopes[best.position()][best.word()]).isCloseTo(best.rise(), within(2e-3));
        for (double[] ofPosition : slopes) {
          for (double slope : ofPosition) {
            assertThat(slope).isLessThan(best.rise() + 2e-3);
          }
        }
      }
    }
  }

  /** Numeric derivatives of the loss on the way to each substitution, {@code [position][word]}. */
  private static double[][] slopes(int[] tokens, Towards towards) {
    double[][] slopes = new double[tokens.length][60];
    for (int position = 0; position < tokens.length; position++) {
      for (int word = 0; word < 60; word++) {
        double up = towards.loss(tokens, position, word, NUDGE);
        double down = towards.loss(tokens, position, word, -NUDGE);
        slopes[position][word] = (up - down) / (2 * NUDGE);
      }
    }
    return slopes;
  }

  private static Towards towards(StudentWeights weights, TrainingBatch batch, int row) {
    if (weights.spec() instanceof TransformerSpec spec) {
      NaiveStudent student = new NaiveStudent(weights);
      return (tokens, position, word, step) -> {
        double[][] shift = new double[tokens.length][spec.width()];
        add(shift[position], weights, word, step);
        add(shift[position], weights, tokens[position], -step);
        return loss(batch, row, student.logits(tokens, shift));
      };
    }
    NgramSpec spec = (NgramSpec) weights.spec();
    NaiveNgrams student = new NaiveNgrams(weights);
    return (tokens, position, word, step) -> {
      int[] changed = new Substitution(position, word, 1).apply(tokens);
      double[] shift = new double[spec.width()];
      double share = step / (2 * tokens.length - 1);
      for (int i = 0; i < tokens.length; i++) {
        add(shift, weights, changed[i], share);
        add(shift, weights, tokens[i], -share);
        if (i > 0) {
          add(shift, weights, spec.pair(changed[i - 1], changed[i]), share);
          add(shift, weights, spec.pair(tokens[i - 1], tokens[i]), -share);
        }
      }
      return loss(batch, row, student.logits(tokens, shift));
    };
  }

  private static void add(double[] to, StudentWeights weights, int row, double times) {
    float[] table = weights.get(StudentSpec.EMBEDDING).values();
    for (int i = 0; i < to.length; i++) {
      to[i] += times * table[row * to.length + i];
    }
  }

  private static double loss(TrainingBatch batch, int row, double[] student) {
    float[] logits = ((DenseTarget) batch.targets().get(row)).logits();
    double[] teacher = new double[logits.length];
    for (int c = 0; c < teacher.length; c++) {
      teacher[c] = logits[c];
    }
    int known = batch.truth()[row];
    int target = known == TrainingBatch.UNKNOWN ? batch.targets().get(row).answer() : known;
    return LossByDefinition.of(teacher, student, target, STEP.temperature(), STEP.alpha());
  }

  @Test
  void shouldOfferOnlyWordsThatSomeTextHad() throws Exception {
    TrainingBatch batch = SmallStudents.batch(TRANSFORMER, 1, 3);
    int length = SmallStudents.tokens(batch)[0].length;
    int[] positions = IntStream.range(0, length).toArray();
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(TRANSFORMER, 2))) {
      engine.learn(
          new TrainingBatch(
              new TokenInputs(new int[][] {{30, 31}}), new float[][] {{1, 2, 3}}, new int[] {-1}),
          STEP);
      assertThat(
              engine.substitutions(
                  batch, STEP, List.of(new Choices(positions, new int[] {32, 33, 34, 35}))))
          .containsExactly(Optional.empty());
      Optional<Substitution> found =
          engine
              .substitutions(
                  batch, STEP, List.of(new Choices(positions, IntStream.range(0, 60).toArray())))
              .get(0);
      assertThat(found).hasValueSatisfying(best -> assertThat(best.word()).isIn(30, 31));
    }
  }

  @Test
  void shouldChangeNothing() throws Exception {
    TrainingBatch batch = SmallStudents.batch(TRANSFORMER, 4, 3);
    Choices open = new Choices(new int[] {0}, IntStream.range(0, 60).toArray());
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(TRANSFORMER, 2));
        StudentEngine undisturbed = DjlStudentEngine.from(SmallStudents.fresh(TRANSFORMER, 2))) {
      for (int step = 0; step < 5; step++) {
        engine.learn(SmallStudents.batch(TRANSFORMER, 8, step), STEP);
        undisturbed.learn(SmallStudents.batch(TRANSFORMER, 8, step), STEP);
        engine.substitutions(batch, STEP, List.of(open, open, open, open));
      }
      assertThat(engine.snapshot()).isEqualTo(undisturbed.snapshot());
    }
  }
}
