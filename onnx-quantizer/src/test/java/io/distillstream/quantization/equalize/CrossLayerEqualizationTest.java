package io.distillstream.quantization.equalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.weights.Granularity;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrossLayerEqualizationTest {

  @Test
  void shouldKeepTheAnswersOfAConvolutionalNetwork() {
    OnnxModel model = network();
    float[] x = Graphs.random(1, 3 * 6 * 6, -1, 1);

    OnnxModel equalized = CrossLayerEqualization.apply(model);

    float[] expected = Engine.run(model, x, 1, 3, 6, 6);
    assertThat(Engine.run(equalized, x, 1, 3, 6, 6)).containsExactly(expected, within(2e-4f));
    assertThat(equalized.initializer("k1")).isNotEqualTo(model.initializer("k1"));
    assertThat(equalized.initializer("v")).isNotEqualTo(model.initializer("v"));
  }

  @Test
  void shouldGiveChannelsTheSameRangeOnBothSides() {
    OnnxModel equalized = CrossLayerEqualization.apply(perceptron());

    // Output channels of w are its rows, input channels of v its columns.
    float[] outputs = largest(equalized.initializer("w").orElseThrow(), true);
    float[] inputs = largest(equalized.initializer("v").orElseThrow(), false);
    assertThat(outputs).containsExactly(inputs, within(1e-5f));
  }

  @Test
  void shouldLetASingleScaleLoseLess() {
    OnnxModel model = perceptron();
    float[] x = Graphs.random(1, 10 * 24, -1, 1);
    float[] expected = Engine.run(model, x, 10, 24);
    SchemeOptions single = Graphs.ALL.with(Granularity.PER_TENSOR);

    OnnxModel before = Graphs.quantized(model, Precision.INT8_DYNAMIC, single);
    OnnxModel after =
        Graphs.quantized(CrossLayerEqualization.apply(model), Precision.INT8_DYNAMIC, single);

    double lossBefore = Engine.relativeError(expected, Engine.run(before, x, 10, 24));
    double lossAfter = Engine.relativeError(expected, Engine.run(after, x, 10, 24));
    assertThat(lossAfter).isLessThan(lossBefore / 3);
  }

  @Test
  void shouldLeaveModelsAloneWithoutSuchPairs() {
    OnnxModel curved = pair("Tanh");
    OnnxModel shared =
        Graphs.matrices(
            24,
            graph -> {
              graph.initializer(Graphs.random("w", 24, 24));
              graph.node("Gemm", List.of("x", "w"), "h");
              graph.node("Gemm", List.of("h", "w"), "y");
            });

    assertThat(CrossLayerEqualization.apply(curved)).isSameAs(curved);
    assertThat(CrossLayerEqualization.apply(shared)).isSameAs(shared);
    OnnxModel straight = pair("Relu");
    assertThat(CrossLayerEqualization.apply(straight)).isNotSameAs(straight);
  }

  private static OnnxModel pair(String between) {
    return Graphs.matrices(
        24,
        graph -> {
          graph.initializer(Graphs.random("w", 24, 24)).initializer(Graphs.random("v", 24, 24));
          graph.node("Gemm", List.of("x", "w"), "h");
          graph.node(between, List.of("h"), "r");
          graph.node("Gemm", List.of("r", "v"), "y");
        });
  }

  /** Two layers whose 32 channels between differ in size by a factor of a thousand. */
  private static OnnxModel perceptron() {
    float[] w = Graphs.random(1, 32 * 24, -1, 1);
    float[] b = Graphs.random(2, 32, -1, 1);
    float[] v = Graphs.random(3, 12 * 32, -1, 1);
    for (int i = 0; i < w.length; i++) {
      w[i] *= size(i / 24);
    }
    for (int i = 0; i < b.length; i++) {
      b[i] *= size(i);
    }
    for (int i = 0; i < v.length; i++) {
      v[i] /= size(i % 32);
    }
    return Graphs.matrices(
        24,
        graph -> {
          graph.initializer(Tensor.float32("w", w, 32, 24));
          graph.initializer(Tensor.float32("b", b, 32));
          graph.initializer(Tensor.float32("v", v, 12, 32));
          graph.node("Gemm", List.of("x", "w", "b"), "h", Attribute.integer("transB", 1));
          graph.node("Relu", List.of("h"), "r");
          graph.node("Gemm", List.of("r", "v"), "y", Attribute.integer("transB", 1));
        });
  }

  private static float size(int channel) {
    return (float) Math.pow(10, channel % 4);
  }

  private static OnnxModel network() {
    return Graphs.of(
        CrossLayerEqualizationTest::convolutions,
        Dimension.of(1),
        Dimension.of(3),
        Dimension.of(6),
        Dimension.of(6));
  }

  /** A convolution, one for each channel, another one, and a product of its flattened result. */
  private static void convolutions(GraphBuilder graph) {
    graph.initializer(Graphs.random("k1", 8, 3, 3, 3)).initializer(Graphs.random("b1", 8));
    graph.initializer(Graphs.random("k2", 8, 1, 3, 3)).initializer(Graphs.random("b2", 8));
    graph.initializer(Graphs.random("k3", 4, 8, 1, 1)).initializer(Graphs.random("v", 36, 5));
    Attribute pads = Attribute.integers("pads", 1, 1, 1, 1);
    graph.node("Conv", List.of("x", "k1", "b1"), "c1", pads);
    graph.node("Relu", List.of("c1"), "r1");
    graph.node("Conv", List.of("r1", "k2", "b2"), "c2", pads, Attribute.integer("group", 8));
    graph.node("Relu", List.of("c2"), "r2");
    graph.node("Conv", List.of("r2", "k3"), "c3");
    graph.node(
        "MaxPool",
        List.of("c3"),
        "p",
        Attribute.integers("kernel_shape", 2, 2),
        Attribute.integers("strides", 2, 2));
    graph.node("Flatten", List.of("p"), "f");
    graph.node("Gemm", List.of("f", "v"), "y");
  }

  private static float[] largest(Tensor matrix, boolean ofRows) {
    int columns = Math.toIntExact(matrix.dims().get(1));
    float[] values = matrix.floats();
    float[] largest = new float[ofRows ? values.length / columns : columns];
    for (int i = 0; i < values.length; i++) {
      int at = ofRows ? i / columns : i % columns;
      largest[at] = Math.max(largest[at], Math.abs(values[i]));
    }
    return largest;
  }
}
