package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.EmbeddingMatch;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.objective.EmbeddingTerm;
import io.distillstream.trainer.objective.LossByDefinition;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrainingHeadsTest {
  private static final int DIMENSION = 5;
  private static final TrainingHeads BOTH =
      TrainingHeads.of(TrainingHeads.distillation(), TrainingHeads.embedding(DIMENSION));
  private static final TrainingObjective MATCHED =
      TrainingObjective.STANDARD.with(new EmbeddingTerm(EmbeddingMatch.COSINE, 0.5));

  @Test
  void shouldFollowTheGradientOfTheLoss() throws Exception {
    TransformerSpec spec = TransformerSpec.uniform(60, 8, 1, 2, 6, 3, 12, true);
    StudentState state = distinct(SmallStudents.fresh(spec, 4).withHeads(BOTH));
    TrainingBatch batch = batch(spec, 4, 5);
    StepSettings unclipped =
        new StepSettings(3, 0.7, 1e-3, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    StudentState after;
    try (StudentEngine engine = DjlStudentEngine.from(state, MATCHED)) {
      StepResult result = engine.learn(batch, unclipped);
      assertThat(result.loss().total()).isCloseTo(loss(state, batch, unclipped), within(1e-5));
      after = engine.snapshot();
    }
    for (String name : state.tensors().keySet()) {
      if (!name.startsWith("weights.") || name.endsWith("embedding") || name.contains("position")) {
        continue;
      }
      int size = tensor(state, name).values().length;
      for (int at = 0; at < size; at += Math.max(1, size / 5)) {
        // After the first step a first moment is a tenth of the gradient.
        double computed = tensor(after, name.replace("weights.", "adam.first.")).values()[at] * 10;
        double numeric = slope(state, name, at, batch, unclipped);
        assertThat(computed).as("%s[%d]", name, at).isCloseTo(numeric, within(1e-4));
      }
    }
  }

  private static double slope(
      StudentState state, String name, int at, TrainingBatch batch, StepSettings settings) {
    StudentState up = nudged(state, name, at, 1e-3f);
    StudentState down = nudged(state, name, at, -1e-3f);
    double width = (double) tensor(up, name).values()[at] - tensor(down, name).values()[at];
    return (loss(up, batch, settings) - loss(down, batch, settings)) / width;
  }

  /** By its definition, in double precision. */
  private static double loss(StudentState state, TrainingBatch batch, StepSettings settings) {
    int[][] texts = SmallStudents.tokens(batch);
    double soft = 0;
    double matched = 0;
    int embedded = 0;
    for (int row = 0; row < batch.rows(); row++) {
      double[] hidden = hidden(state, texts[row]);
      double[] classes = linear(state, "weights.classifier", hidden);
      double[] distilled = linear(state, "weights.head.distillation", hidden);
      SoftTarget target = batch.targets().get(row);
      double[] teacher = doubles(((DenseTarget) target).logits());
      int known = batch.truth()[row];
      int answer = known == TrainingBatch.UNKNOWN ? target.answer() : known;
      double alpha = settings.alpha();
      soft += alpha * LossByDefinition.of(teacher, distilled, 0, settings.temperature(), 1);
      soft += (1 - alpha) * LossByDefinition.of(teacher, classes, answer, 1, 0);
      float[] embedding = batch.embeddings()[row];
      if (embedding.length > 0) {
        double[] projected = linear(state, "weights.head.embedding", hidden);
        matched += 1 - cosine(projected, doubles(embedding));
        embedded++;
      }
    }
    return soft / batch.rows() + 0.5 * matched / embedded;
  }

  /** The logits of the same student whose classifier changes nothing. */
  private static double[] hidden(StudentState state, int[] text) {
    TransformerSpec spec = (TransformerSpec) state.spec();
    int width = spec.width();
    TransformerSpec bare = TransformerSpec.uniform(60, width, 1, 2, 6, width, 12, true);
    float[] identity = new float[width * width];
    for (int i = 0; i < width; i++) {
      identity[i * width + i] = 1;
    }
    StudentWeights weights =
        new StudentWeights(
            bare,
            parameter ->
                switch (parameter.name()) {
                  case "classifier.weight" -> new FloatTensor(parameter.shape(), identity);
                  case "classifier.bias" -> FloatTensor.zeros(width);
                  default -> state.weights().get(parameter.name());
                });
    return new NaiveStudent(weights).logits(text);
  }

  private static double[] linear(StudentState state, String name, double[] x) {
    float[] weight = tensor(state, name + ".weight").values();
    double[] y = doubles(tensor(state, name + ".bias").values());
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j] += x[i] * weight[i * y.length + j];
      }
    }
    return y;
  }

  private static double cosine(double[] a, double[] b) {
    double product = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return product / Math.sqrt(aa * bb);
  }

  @Test
  void shouldAnswerWithTheMeanOfBothHeadsWhichIsOneClassifier() throws Exception {
    StudentState state = SmallStudents.fresh(SMALL, 1).withHeads(BOTH);
    TrainingBatch batch = batch(SMALL, 16, 2);
    try (StudentEngine engine = DjlStudentEngine.from(state, MATCHED)) {
      assertThat(engine.logits(batch.inputs())[0])
          .containsExactly(logits(SmallStudents.fresh(SMALL, 1), batch)[0], within(1e-6f));
      for (int step = 0; step < 20; step++) {
        engine.learn(batch(SMALL, 16, step), STEP);
      }
      StudentState trained = engine.snapshot();
      assertThat(trained.heads().weights().get("head.distillation.weight"))
          .isNotEqualTo(trained.weights().get("classifier.weight"));
      float[][] deployed = logits(StudentState.fresh(trained.deployed(), 1), batch);
      float[][] answers = engine.logits(batch.inputs());
      for (int row = 0; row < answers.length; row++) {
        assertThat(answers[row]).containsExactly(deployed[row], within(1e-5f));
      }
      assertThat(trained.withHeads(TrainingHeads.NONE).weights()).isEqualTo(trained.deployed());
      assertThat(trained.deployed().spec()).isEqualTo(SMALL);
    }
  }

  private static float[][] logits(StudentState state, TrainingBatch batch) {
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      return engine.logits(batch.inputs());
    }
  }

  @Test
  void shouldLearnTheEmbeddings() throws Exception {
    try (StudentEngine engine =
        DjlStudentEngine.from(SmallStudents.fresh(SMALL, 3).withHeads(BOTH), MATCHED)) {
      double first = engine.learn(batch(SMALL, 32, 1), STEP).loss().embedding();
      double last = first;
      for (int step = 0; step < 150; step++) {
        last = engine.learn(batch(SMALL, 32, 1 + step % 4), STEP).loss().embedding();
      }
      assertThat(last).isLessThan(first / 2);
    }
  }

  @Test
  void shouldContinueFromASnapshotAsIfNothingHadHappened() throws Exception {
    StudentState half = trained(SmallStudents.fresh(SMALL, 7).withHeads(BOTH), 0, 10);
    StudentState back = StudentState.from(half.tensors(), half.header());
    assertThat(back).isEqualTo(half);
    assertThat(trained(back, 10, 20))
        .isEqualTo(trained(SmallStudents.fresh(SMALL, 7).withHeads(BOTH), 0, 20));
  }

  private static StudentState trained(StudentState state, int from, int to) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(state, MATCHED)) {
      for (int step = from; step < to; step++) {
        engine.learn(batch(SMALL, 8, step), STEP);
      }
      return engine.snapshot();
    }
  }

  @Test
  void shouldKeepHeadsThatAreStillWanted() throws Exception {
    StudentState state = trained(SmallStudents.fresh(SMALL, 8).withHeads(BOTH), 0, 3);
    StudentState wider =
        state.withHeads(
            TrainingHeads.of(TrainingHeads.distillation(), TrainingHeads.embedding(DIMENSION + 1)));
    assertThat(wider.heads().weights().get("head.distillation.bias"))
        .isEqualTo(state.heads().weights().get("head.distillation.bias"));
    assertThat(tensor(wider, "weights.head.embedding.bias").values()).hasSize(DIMENSION + 1);
    assertThat(state.withHeads(BOTH)).isSameAs(state);
  }

  @Test
  void shouldNameAMissingHead() {
    StudentState state = SmallStudents.fresh(SMALL, 9).withHeads(BOTH);
    Map<String, FloatTensor> tensors = new HashMap<>(state.tensors());
    tensors.remove("adam.first.head.embedding.weight");
    assertThatThrownBy(() -> StudentState.from(tensors, state.header()))
        .hasMessageContaining("adam.first.head.embedding.weight");
  }

  @Test
  void shouldReadHeadersThatNameHeadsTheyDoNotHave() {
    assertThat(TrainingHeads.read(BOTH.header())).isEqualTo(BOTH);
    assertThat(
            TrainingHeads.read(
                Map.of("heads.distillation", "true", "heads.embedding", "0", "spec.heads", "4")))
        .isEqualTo(TrainingHeads.of(TrainingHeads.distillation()));
    assertThat(TrainingHeads.read(Map.of("heads.distillation", "false", "heads.embedding", "0")))
        .isEqualTo(TrainingHeads.NONE);
  }

  /** Texts with embeddings that follow from their first word; every third has none. */
  private static TrainingBatch batch(TransformerSpec spec, int size, long seed) {
    TrainingBatch plain = SmallStudents.batch(spec, size, seed);
    float[][] embeddings = new float[size][];
    for (int row = 0; row < size; row++) {
      SplittableRandom random = new SplittableRandom(SmallStudents.tokens(plain)[row][0]);
      embeddings[row] = new float[row % 3 == 2 ? 0 : DIMENSION];
      for (int i = 0; i < embeddings[row].length; i++) {
        embeddings[row][i] = (float) random.nextGaussian();
      }
    }
    return new TrainingBatch(plain.inputs(), plain.targets(), plain.truth(), embeddings);
  }

  /** A distillation head that differs from the classifier. */
  private static StudentState distinct(StudentState state) {
    StudentState result = state;
    for (int at = 0; at < 3; at++) {
      result = nudged(result, "weights.head.distillation.bias", at, 0.3f * at - 0.2f);
    }
    return result;
  }

  private static StudentState nudged(StudentState state, String name, int at, float by) {
    Map<String, FloatTensor> tensors = new HashMap<>(state.tensors());
    FloatTensor tensor = tensor(state, name);
    float[] values = tensor.values().clone();
    values[at] += by;
    tensors.put(name, new FloatTensor(tensor.shape(), values));
    return StudentState.from(tensors, state.header());
  }

  private static FloatTensor tensor(StudentState state, String name) {
    List<FloatTensor> found = new ArrayList<>();
    state
        .tensors()
        .forEach(
            (key, tensor) -> {
              if (key.equals(name)) {
                found.add(tensor);
              }
            });
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
