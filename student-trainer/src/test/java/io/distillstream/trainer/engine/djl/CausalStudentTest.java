package io.distillstream.trainer.engine.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.loss.AbsentTarget;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.objective.LossByDefinition;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.CausalGraph;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CausalStudentTest {
  private static final int WORDS = 50;

  /** Unequal blocks; texts of up to 250 tokens. */
  private static final CausalTransformerSpec SPEC =
      new CausalTransformerSpec(
          WORDS, 16, 8, List.of(new BlockShape(1, 24), new BlockShape(3, 7)), 250);

  private static final double TOLERANCE = 1e-4;

  private static int[][] texts(int... lengths) {
    SplittableRandom random = new SplittableRandom(lengths.length);
    return Arrays.stream(lengths)
        .mapToObj(length -> random.ints(length, 0, WORDS).toArray())
        .toArray(int[][]::new);
  }

  @Test
  void shouldComputeTheLogitsOfItsDefinitionAcrossChunks() {
    int[][] texts = texts(3, 150, 64, 65);
    StudentState state = SmallStudents.fresh(SPEC, 1);
    NaiveStudent naive = new NaiveStudent(state.weights());
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      float[][] logits = engine.logits(new TokenInputs(texts));
      int row = 0;
      for (int[] text : texts) {
        for (double[] expected : naive.logitsPerToken(text)) {
          compare(logits[row++], expected);
        }
      }
      assertThat(row).isEqualTo(logits.length);
    }
  }

  private static void compare(float[] actual, double[] expected) {
    for (int c = 0; c < expected.length; c++) {
      assertThat((double) actual[c]).isCloseTo(expected[c], within(TOLERANCE));
    }
  }

  @Test
  void shouldNotLookAhead() {
    int[] text = texts(100)[0];
    int[] changed = text.clone();
    Arrays.fill(changed, 70, 100, 1);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SPEC, 2))) {
      float[][] before = engine.logits(new TokenInputs(new int[][] {text}));
      float[][] after = engine.logits(new TokenInputs(new int[][] {changed}));
      for (int i = 0; i < 70; i++) {
        assertThat(after[i]).containsExactly(before[i], within(1e-6f));
      }
      assertThat(after[99]).isNotEqualTo(before[99]);
    }
  }

  @Test
  void shouldAgreeOverTextsAndPerTokenWithTheEngineOver200Tokens() throws Exception {
    int[][] texts = texts(200, 200);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SPEC, 3))) {
      for (int step = 0; step < 10; step++) {
        engine.learn(batch(texts(20, 90, step + 1), step), SmallStudents.STEP);
      }
      StudentWeights weights = engine.snapshot().weights();
      float[][] expected = engine.logits(new TokenInputs(texts));
      float[][][] parallel = overTexts(CausalGraph.overTexts(weights, Map.of()), texts);
      try (RecurrentStudent recurrent =
          new RecurrentStudent(CausalGraph.perToken(weights, Map.of()), 2)) {
        // Four heads in all; a matrix and a vector each, whatever the length.
        assertThat(recurrent.stateSize()).isEqualTo(2 * 4 * (8 * 8 + 8));
        for (int i = 0; i < 200; i++) {
          float[][] next = recurrent.next(texts[0][i], texts[1][i]);
          for (int text = 0; text < 2; text++) {
            float[] engines = expected[text * 200 + i];
            assertThat(parallel[text][i]).containsExactly(engines, within((float) TOLERANCE));
            assertThat(next[text]).containsExactly(engines, within((float) TOLERANCE));
          }
        }
      }
    }
  }

  private static float[][][] overTexts(OnnxModel model, int[][] texts) throws Exception {
    long[][] ids =
        Arrays.stream(texts)
            .map(text -> Arrays.stream(text).asLongStream().toArray())
            .toArray(long[][]::new);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.bytes());
        OnnxTensor input = OnnxTensor.createTensor(environment, ids);
        OrtSession.Result result = session.run(Map.of("input_ids", input))) {
      return (float[][][]) result.get(0).getValue();
    }
  }

  /** A teacher of every token but the last of each text. */
  private static TrainingBatch batch(int[][] texts, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<SoftTarget> targets = new ArrayList<>();
    for (int[] text : texts) {
      for (int i = 0; i < text.length; i++) {
        float[] logits = new float[WORDS];
        for (int c = 0; c < WORDS; c++) {
          logits[c] = (float) random.nextGaussian();
        }
        targets.add(i + 1 < text.length ? new DenseTarget(logits) : new AbsentTarget(WORDS));
      }
    }
    int[] truth = new int[targets.size()];
    Arrays.fill(truth, TrainingBatch.UNKNOWN);
    return new TrainingBatch(new TokenInputs(texts), targets, truth);
  }

  @Test
  void shouldFollowTheGradientOfTheLossAcrossChunks() throws Exception {
    CausalTransformerSpec spec =
        new CausalTransformerSpec(WORDS, 8, 4, List.of(new BlockShape(2, 6)), 80);
    StudentState state = SmallStudents.fresh(spec, 4);
    TrainingBatch batch = batch(texts(70, 2), 5);
    StepSettings unclipped =
        new StepSettings(1, 1, 1e-3, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    StudentWeights moments;
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      engine.learn(batch, unclipped);
      moments = engine.snapshot().firstMoments();
    }
    for (Parameter parameter : spec.parameters()) {
      int stride = Math.max(1, parameter.size() / 4);
      for (int at = 0; at < parameter.size(); at += stride) {
        double numeric =
            (loss(nudged(state.weights(), parameter, at, 1e-3f), batch)
                    - loss(nudged(state.weights(), parameter, at, -1e-3f), batch))
                / 2e-3;
        double computed = moments.get(parameter.name()).values()[at] * 10;
        assertThat(computed).as("%s[%d]", parameter.name(), at).isCloseTo(numeric, within(2e-5));
      }
    }
  }

  private static StudentWeights nudged(
      StudentWeights weights, Parameter parameter, int at, float by) {
    float[] values = weights.get(parameter.name()).values().clone();
    values[at] += by;
    return new StudentWeights(
        weights.spec(),
        p ->
            p.name().equals(parameter.name())
                ? new FloatTensor(p.shape(), values)
                : weights.get(p.name()));
  }

  /** Mean KL over the rows with a target, in double precision. */
  private static double loss(StudentWeights weights, TrainingBatch batch) {
    NaiveStudent naive = new NaiveStudent(weights);
    double sum = 0;
    int counted = 0;
    int row = 0;
    for (int[] text : SmallStudents.tokens(batch)) {
      for (double[] student : naive.logitsPerToken(text)) {
        SoftTarget target = batch.targets().get(row++);
        if (target instanceof DenseTarget dense) {
          double[] teacher = new double[WORDS];
          Arrays.setAll(teacher, c -> dense.logits()[c]);
          sum += LossByDefinition.of(teacher, student, 0, 1, 1);
          counted++;
        }
      }
    }
    return sum / counted;
  }
}
