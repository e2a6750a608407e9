package io.distillstream.trainer.engine.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.torch.NativeArrays;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.TransformerSpec;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedActivationsTest {
  private static final TransformerSpec SPEC =
      TransformerSpec.uniform(400, 64, 1, 2, 128, 3, 12, false);

  @ParameterizedTest
  @ValueSource(doubles = {0, -3, 3, 0.01})
  void shouldRoundActivationsAsOnnxRuntimeDoes(double middle) throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[4_096];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (middle + random.nextGaussian());
    }

    assertThat(here(values)).containsExactly(inOnnxRuntime(values));
  }

  @Test
  void shouldLeaveNothingOfNothing() {
    assertThat(here(new float[8])).containsOnly(0);
  }

  @Test
  void shouldTakeRoundingForTheIdentityInTheGradient() {
    Engine engine = Engine.getEngine("PyTorch");
    try (NDManager manager = engine.newBaseManager();
        GradientCollector collector = engine.newGradientCollector()) {
      NDArray x = manager.create(new float[] {-0.3f, 0.11f, 0.7f}).duplicate();
      x.setRequiresGradient(true);
      NDArray weights = manager.create(new float[] {1, 2, 3});
      collector.backward(QuantizedActivations.of(x).mul(weights).sum());
      assertThat(x.getGradient().toFloatArray()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void shouldAnswerAlikeInFullPrecisionWhereTrainingWasInEightBits() throws Exception {
    StepSettings quantized = new StepSettings(2, 0.7, 3e-3, 1, 0, 1, 8, true, 0);
    try (DjlStudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SPEC, 3))) {
      double first = engine.learn(SmallStudents.batch(SPEC, 32, 1), quantized).loss().total();
      double last = first;
      for (int step = 0; step < 60; step++) {
        last = engine.learn(SmallStudents.batch(SPEC, 32, 1), quantized).loss().total();
      }
      TrainingBatch batch = SmallStudents.batch(SPEC, 32, 1);
      float[][] rounded = engine.quantizedLogits(batch.inputs());
      float[][] precise = engine.logits(batch.inputs());

      assertThat(last).isLessThan(first / 2);
      assertThat(Arrays.deepEquals(rounded, precise)).isFalse();
      assertThat(BatchScore.of(precise, batch).agreement())
          .isEqualTo(BatchScore.of(rounded, batch).agreement());
    }
  }

  private static float[] here(float[] values) {
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      NDArray x = new NativeArrays().copy(manager, values, new Shape(values.length));
      return QuantizedActivations.of(x).toFloatArray();
    }
  }

  private static float[] inOnnxRuntime(float[] values) throws Exception {
    GraphBuilder graph = GraphBuilder.named("activations");
    graph.input("x", ElementType.FLOAT32, Dimension.of("n"));
    graph.output("y", ElementType.FLOAT32, Dimension.of("n"));
    graph.node("DynamicQuantizeLinear", List.of("x"), List.of("q", "scale", "zero"));
    graph.node("DequantizeLinear", List.of("q", "scale", "zero"), "y");
    OnnxModel model = graph.build(Map.of());
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.bytes());
        OnnxTensor x =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(values), new long[] {values.length});
        OrtSession.Result result = session.run(Map.of("x", x))) {
      return (float[]) result.get(0).getValue();
    }
  }
}
