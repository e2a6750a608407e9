package io.distillstream.quantization.optimize;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Models that others trained and exported. */
class ForeignModelsTest {

  @Test
  void shouldSimplifyARealEncoder() {
    OnnxModel encoder = Graphs.resource("/all-minilm-l6-v2.onnx");

    Optimization optimization = Graphs.optimized(encoder);

    assertThat(optimization.nodesBefore()).isEqualTo(637);
    assertThat(optimization.nodesAfter()).isEqualTo(195);
    assertThat(optimization.model().nodes()).hasSize(195);
    assertThat(optimization.count("layer normalization")).isEqualTo(13);
    assertThat(optimization.count("GELU")).isEqualTo(6);
    assertThat(optimization.count("relative reshape")).isEqualTo(24);
    assertThat(Graphs.ops(optimization.model()).stream().collect(groupingBy(op -> op, counting())))
        .containsAllEntriesOf(
            Map.of("MatMul", 48L, "LayerNormalization", 13L, "Gelu", 6L, "Reshape", 24L))
        .doesNotContainKeys("Constant", "Erf", "ReduceMean", "Concat");
    assertThat(optimization.model().opset()).isEqualTo(20);
    assertThat(optimization.notes()).containsExactly("Raised from operator set 11 to 20");
    assertThat(optimization.model().inputs()).isEqualTo(encoder.inputs());
    assertThat(optimization.model().outputs()).isEqualTo(encoder.outputs());
    for (int tokens : new int[] {1, 7, 40}) {
      Graphs.assertSame(encoder, optimization.model(), text(tokens));
    }
  }

  @Test
  void shouldKeepTheOperatorSetWhereItMustStay() {
    OnnxModel encoder = Graphs.resource("/all-minilm-l6-v2.onnx");

    Optimization optimization =
        new GraphOptimizer(new OptimizerSettings(0, 1 << 16)).optimize(encoder);

    assertThat(optimization.model().opset()).isEqualTo(11);
    assertThat(optimization.nodesAfter()).isEqualTo(323);
    assertThat(optimization.notes())
        .containsExactly(
            "Found layer normalization 13 times and left it in its parts: one node for it needs operator set 17, but 0 is the newest allowed",
            "Found GELU 6 times and left it in its parts: one node for it needs operator set 20, but 0 is the newest allowed",
            "Left at operator set 11, in which static 8-bit weights have one scale for all channels and MaxPool takes no integers: 0 is the newest allowed");
    Graphs.assertSame(encoder, optimization.model(), text(9));
  }

  @Test
  void shouldUpgradeARealConvolutionalClassifier() {
    OnnxModel classifier = Graphs.resource("/org/tribuo/interop/onnx/cnn_mnist.onnx");

    Optimization optimization = Graphs.optimized(classifier);

    assertThat(classifier.opset()).isEqualTo(9);
    assertThat(optimization.model().opset()).isEqualTo(13);
    assertThat(optimization.nodesBefore()).isEqualTo(13);
    assertThat(Graphs.ops(optimization.model()))
        .containsExactly(
            "Conv",
            "Relu",
            "MaxPool",
            "Conv",
            "Relu",
            "MaxPool",
            "Reshape",
            "Gemm",
            "Relu",
            "Gemm",
            "Relu",
            "LogSoftmax");
    SplittableRandom random = new SplittableRandom(5);
    float[] pixels = new float[3 * 28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    Graphs.assertSame(
        classifier,
        optimization.model(),
        new Sample(Map.of("input_image", TensorValue.of(pixels, 3, 1, 28, 28))));
  }

  private static Sample text(int tokens) {
    int[] ids = new SplittableRandom(tokens).ints(tokens, 1000, 30000).toArray();
    return Sample.ofTokens(ids, List.of("input_ids", "attention_mask", "token_type_ids"));
  }
}
