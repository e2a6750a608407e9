package io.distillstream.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.student.ConvolutionGraph;
import io.distillstream.trainer.student.ConvolutionLayer;
import io.distillstream.trainer.student.ConvolutionSpec;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.Tensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** On images that are drawn here: discs, squares and crosses of any size and place, with noise. */
class ConvolutionStudentTest {
  private static final int EXTENT = 16;

  private static final ConvolutionSpec SPEC =
      new ConvolutionSpec(
          1,
          EXTENT,
          EXTENT,
          List.of(
              ConvolutionLayer.square(8, 3, 1),
              ConvolutionLayer.square(16, 3, 2),
              ConvolutionLayer.square(16, 3, 2)),
          3);

  private static TrainingBatch shapes(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] images = new float[count][];
    float[][] logits = new float[count][3];
    int[] truth = new int[count];
    for (int i = 0; i < count; i++) {
      truth[i] = random.nextInt(3);
      images[i] = image(truth[i], random);
      logits[i][truth[i]] = 4;
    }
    return new TrainingBatch(
        new TensorInputs(new int[] {1, EXTENT, EXTENT}, images), logits, truth);
  }

  private static float[] image(int shape, SplittableRandom random) {
    double radius = 3 + 2.5 * random.nextDouble();
    double row = radius + (EXTENT - 2 * radius) * random.nextDouble();
    double column = radius + (EXTENT - 2 * radius) * random.nextDouble();
    double brightness = 0.5 + random.nextDouble();
    float[] pixels = new float[EXTENT * EXTENT];
    for (int i = 0; i < pixels.length; i++) {
      int line = i / EXTENT;
      double y = Math.abs(line + 0.5 - row);
      double x = Math.abs(i % EXTENT + 0.5 - column);
      boolean inside =
          switch (shape) {
            case 0 -> x * x + y * y < radius * radius;
            case 1 -> Math.max(x, y) < radius * 0.85;
            default -> Math.max(x, y) < radius && Math.min(x, y) < radius / 3;
          };
      pixels[i] = (float) ((inside ? brightness : 0) + 0.1 * random.nextGaussian());
    }
    return pixels;
  }

  private static StudentState trained(int steps) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(Examples.fresh(SPEC, 1))) {
      for (int step = 0; step < steps; step++) {
        engine.learn(shapes(32, step), Examples.STEP);
      }
      return engine.snapshot();
    }
  }

  @Test
  void shouldNotScoreAnAverageThatIsNormedOtherwiseThanWhatIsLearned() throws Exception {
    StepSettings averaged = new StepSettings(2, 0.9, 3e-3, 0.01, 1, 8, false, Averaging.STRIDE);
    try (StudentEngine engine = DjlStudentEngine.from(Examples.fresh(SPEC, 1))) {
      for (int step = 0; step < Averaging.STRIDE / 32; step++) {
        engine.learn(shapes(32, step), averaged);
      }

      assertThat(engine.snapshot().average()).isPresent();
      assertThat(engine.scoreAverage(shapes(32, 100), averaged)).isEmpty();
    }
  }

  @Test
  void shouldTellShapesApartThatItNeverSaw() throws Exception {
    TrainingBatch unseen = shapes(200, -1);
    try (StudentEngine engine = DjlStudentEngine.from(trained(150))) {
      BatchScore score = BatchScore.of(engine.logits(unseen.inputs()), unseen);
      assertThat(score.agreement()).isGreaterThan(0.9);
    }
    try (StudentEngine fresh = DjlStudentEngine.from(Examples.fresh(SPEC, 1))) {
      BatchScore score = BatchScore.of(fresh.logits(unseen.inputs()), unseen);
      assertThat(score.agreement()).isLessThan(0.6);
    }
  }

  @Test
  void shouldAnswerInOnnxRuntimeAsInTheEngine() throws Exception {
    StudentState state = trained(20);
    TrainingBatch unseen = shapes(50, -2);
    OnnxModel model = ConvolutionGraph.of(state.weights(), Map.of());
    assertThat(model.nodes()).anyMatch(node -> node.getOpType().equals("BatchNormalization"));
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      float[][] expected = engine.logits(unseen.inputs());
      float[][] actual = run(model, (TensorInputs) unseen.inputs());
      for (int row = 0; row < expected.length; row++) {
        assertThat(actual[row]).containsExactly(expected[row], within(1e-4f));
      }
    }
  }

  private static float[][] run(OnnxModel model, TensorInputs images) throws Exception {
    FloatBuffer values = FloatBuffer.allocate(images.size() * EXTENT * EXTENT);
    for (float[] image : images.values()) {
      values.put(image);
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.bytes());
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment, values.flip(), new long[] {images.size(), 1, EXTENT, EXTENT});
        OrtSession.Result result = session.run(Map.of("input", input))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  @Test
  void shouldMoveTheRunningStatisticsTowardsTheBatchs() throws Exception {
    // One filter of one pixel with weight 1 shows the batch as it is.
    ConvolutionSpec pixel =
        new ConvolutionSpec(1, 1, 2, List.of(ConvolutionLayer.square(1, 1, 1)), 2);
    StudentWeights start =
        new StudentWeights(
            pixel,
            parameter ->
                switch (parameter.name()) {
                  case "convolution0.kernel" -> new Tensor(parameter.shape(), new float[] {1});
                  case "convolution0.norm.scale", "convolution0.norm.variance" ->
                      new Tensor(parameter.shape(), new float[] {1});
                  default -> Tensor.zeros(parameter.shape());
                });
    TrainingBatch batch =
        new TrainingBatch(
            new TensorInputs(new int[] {1, 1, 2}, new float[][] {{1, 2}, {3, 6}}),
            new float[][] {{1, 0}, {0, 1}},
            new int[] {0, 1});
    try (StudentEngine engine = DjlStudentEngine.from(StudentState.fresh(start, 1))) {
      engine.learn(batch, Examples.STEP);
      StudentWeights after = engine.snapshot().weights();
      assertThat(after.get("convolution0.norm.mean").values()[0]).isCloseTo(0.3f, within(1e-6f));
      // Sample variance of 1, 2, 3, 6 is 14/3.
      assertThat(after.get("convolution0.norm.variance").values()[0])
          .isCloseTo(0.9f + 0.1f * 14 / 3, within(1e-6f));
    }
  }

  @Test
  void shouldContinueFromASnapshotBitForBit() throws Exception {
    StudentState half = trained(10);
    try (StudentEngine resumed =
        DjlStudentEngine.from(StudentState.from(half.tensors(), half.header()))) {
      for (int step = 10; step < 20; step++) {
        resumed.learn(shapes(32, step), Examples.STEP);
      }
      assertThat(resumed.snapshot()).isEqualTo(trained(20));
    }
  }

  @Test
  void shouldTakeSequencesAsImagesOfHeightOne() {
    ConvolutionSpec sequence =
        new ConvolutionSpec(2, 1, 40, List.of(new ConvolutionLayer(4, 1, 7, 3)), 2);
    assertThat(sequence.parameters()).contains(new Parameter("convolution0.kernel", 4, 2 * 7));
    float[][] values = new float[3][80];
    try (StudentEngine engine = DjlStudentEngine.from(Examples.fresh(sequence, 1))) {
      assertThat(engine.logits(new TensorInputs(new int[] {2, 1, 40}, values))).hasDimensions(3, 2);
    }
  }

  @Test
  void shouldRefuseOtherInputs() {
    try (StudentEngine engine = DjlStudentEngine.from(Examples.fresh(SPEC, 1))) {
      assertThatThrownBy(() -> engine.logits(new TokenInputs(new int[][] {{1}})))
          .hasMessageContaining("[1, 16, 16]");
      assertThatThrownBy(
              () -> engine.logits(new TensorInputs(new int[] {1, 2, 2}, new float[1][4])))
          .hasMessageContaining("[1, 16, 16]");
    }
  }
}
