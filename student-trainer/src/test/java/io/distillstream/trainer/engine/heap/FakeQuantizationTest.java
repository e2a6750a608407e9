package io.distillstream.trainer.engine.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which products of a student take 8 bits. */
class FakeQuantizationTest {

  @Test
  void shouldLeaveOfTheDefaultStudentTheClassifierAlone() {
    TransformerSpec spec = StudentSize.SMALL.classifier(30_522, 24);
    DenseLayout layout = new DenseLayout(spec);

    assertThat(new FakeQuantization(spec, layout).products())
        .containsExactlyInAnyOrderElementsOf(
            layout.parameters().stream()
                .map(Parameter::name)
                .filter(name -> name.endsWith(".weight"))
                .filter(name -> !name.equals("classifier.weight"))
                .toList());
  }

  @Test
  void shouldTakeSmallMatricesOfASmallStudent() {
    TransformerSpec spec = StudentSize.TINY.classifier(1_000, 24);

    // Attention's output saves 12,032 bytes, the classifier 4,512 of 292,720.
    assertThat(new FakeQuantization(spec, new DenseLayout(spec)).products())
        .contains("block0.attention.output.weight")
        .doesNotContain("classifier.weight");
  }

  static Stream<StudentSpec> shouldTakeTheProductsThatTheQuantizerTakes() {
    return Stream.of(
        StudentSize.TINY.classifier(1_000, 24),
        TransformerSpec.uniform(60, 16, 2, 2, 24, 3, 12, true),
        new NgramSpec(60, 16, 400, 3, 12),
        new NgramSpec(60, 16, 37, 24, 12),
        CausalTransformerSpec.of(StudentSize.TINY, 300, 12));
  }

  @ParameterizedTest
  @MethodSource
  void shouldTakeTheProductsThatTheQuantizerTakes(StudentSpec spec) {
    assertThat(new FakeQuantization(spec, new DenseLayout(spec)).products())
        .containsExactlyInAnyOrderElementsOf(
            QuantizableLayers.of(exported(spec)).all().stream()
                .filter(layer -> layer.use().isProduct())
                .map(Layer::name)
                .toList());
  }

  private static OnnxModel exported(StudentSpec spec) {
    return spec.toOnnx(RandomStart.weights(spec, 1), Map.of());
  }
}
