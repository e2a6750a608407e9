package io.distillstream.quantization.equalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.plan.Precision;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ActivationSmoothingTest {
  private static final int WIDTH = 32;
  private static final int ROWS = 20;
  private static final int COLUMNS = 16;

  /** Every eighth channel of a normalization is this much larger than the others. */
  private static final float OUTLIER = 60;

  @Test
  void shouldKeepTheAnswersWherePartsOfTheGraphUseUnevenActivations() {
    OnnxModel model = normalized(graph -> product(graph, "Add", "n", "w"));

    OnnxModel smoothed = smoothed(model);

    assertThat(smoothed.initializer("w")).isNotEqualTo(model.initializer("w"));
    assertSameAnswers(model, smoothed);
  }

  @Test
  void shouldLetProductsLoseMuchLess() {
    OnnxModel model = normalized(graph -> product(graph, "Identity", "n", "w"));
    float[] x = input(9);
    float[] expected = Engine.run(model, x, ROWS, WIDTH);

    double before = loss(model, x, expected);
    double after = loss(smoothed(model), x, expected);

    assertThat(after).isLessThan(before / 2);
  }

  @Test
  void shouldLeaveTheWorkToANormalizationThatNothingElseUses() {
    OnnxModel model =
        normalized(
            graph -> {
              product(graph, "Identity", "n", "w");
              graph.initializer(Graphs.random("v", WIDTH, COLUMNS));
              graph.node("MatMul", List.of("n", "v"), "second");
            });

    OnnxModel smoothed = smoothed(model);

    assertThat(smoothed.nodes()).hasSameSizeAs(model.nodes());
    assertThat(smoothed.initializer("scale")).isNotEqualTo(model.initializer("scale"));
    assertThat(smoothed.initializer("shift")).isNotEqualTo(model.initializer("shift"));
    assertSameAnswers(model, smoothed);
  }

  @Test
  void shouldMultiplyOnceForAllProductsWhereTheResultIsUsedElsewhere() {
    OnnxModel model =
        normalized(
            graph -> {
              graph.initializer(Graphs.random("v", WIDTH, COLUMNS));
              graph.node("MatMul", List.of("n", "v"), "second");
              graph.node("ReduceMax", List.of("n"), "largest", Attribute.integer("keepdims", 1));
              graph.node("Add", List.of("second", "largest"), "sum");
              graph.initializer(Graphs.random("w", WIDTH, COLUMNS));
              graph.node("MatMul", List.of("n", "w"), "first");
              graph.node("Add", List.of("first", "sum"), "y");
            });

    OnnxModel smoothed = smoothed(model);

    assertThat(smoothed.nodes().stream().filter(node -> node.getOpType().equals("Mul"))).hasSize(1);
    assertThat(smoothed.initializer("scale")).isEqualTo(model.initializer("scale"));
    assertSameAnswers(model, smoothed);
  }

  @Test
  void shouldScaleTheRightSideOfATransposedMatrix() {
    OnnxModel model =
        normalized(
            graph -> {
              graph.initializer(Graphs.random("w", COLUMNS, WIDTH));
              graph.initializer(Graphs.random("b", COLUMNS));
              graph.node("Gemm", List.of("n", "w", "b"), "y", Attribute.integer("transB", 1));
            });

    OnnxModel smoothed = smoothed(model);

    assertThat(smoothed.initializer("w")).isNotEqualTo(model.initializer("w"));
    assertSameAnswers(model, smoothed);
  }

  @Test
  void shouldLeaveEvenActivationsAlone() {
    OnnxModel model = Graphs.product(Graphs.random(5, WIDTH * COLUMNS, -1, 1), WIDTH, COLUMNS);

    assertThat(smoothed(model)).isSameAs(model);
  }

  @Test
  void shouldLeaveWeightsAloneThatMeetOtherActivationsToo() {
    OnnxModel model =
        normalized(
            graph -> {
              graph.initializer(Graphs.random("w", WIDTH, COLUMNS));
              graph.node("MatMul", List.of("n", "w"), "first");
              graph.node("MatMul", List.of("x", "w"), "second");
              graph.node("Add", List.of("first", "second"), "y");
            });

    assertThat(smoothed(model)).isSameAs(model);
  }

  /** {@code y = n · w}, followed by an operator that may use {@code n} again. */
  private static void product(GraphBuilder graph, String op, String x, String weights) {
    graph.initializer(Graphs.random(weights, WIDTH, WIDTH));
    graph.node("MatMul", List.of(x, weights), "product");
    graph.node(op, op.equals("Add") ? List.of("product", x) : List.of("product"), "y");
  }

  /** {@code n} is x normalized, with channels of very unlike extent. */
  private static OnnxModel normalized(Consumer<GraphBuilder> body) {
    float[] scale = new float[WIDTH];
    for (int c = 0; c < WIDTH; c++) {
      scale[c] = c % 8 == 0 ? OUTLIER : 1;
    }
    return Graphs.matrices(
        WIDTH,
        graph -> {
          graph.initializer(Tensor.float32("scale", scale, WIDTH));
          graph.initializer(Graphs.random("shift", WIDTH));
          graph.node("LayerNormalization", List.of("x", "scale", "shift"), "n");
          body.accept(graph);
        });
  }

  private static OnnxModel smoothed(OnnxModel model) {
    List<Sample> samples =
        List.of(1, 2, 3, 4).stream()
            .map(seed -> new Sample(Map.of("x", TensorValue.of(input(seed), ROWS, WIDTH))))
            .toList();
    return ActivationSmoothing.apply(QuantizableLayers.of(model, OptionalLong.of(0)), samples)
        .model();
  }

  private static float[] input(int seed) {
    return Graphs.random(seed, ROWS * WIDTH, -1, 1);
  }

  private static double loss(OnnxModel model, float[] x, float[] expected) {
    OnnxModel quantized = Graphs.quantized(model, Precision.INT8_DYNAMIC);
    return Engine.relativeError(expected, Engine.run(quantized, x, ROWS, WIDTH));
  }

  private static void assertSameAnswers(OnnxModel model, OnnxModel smoothed) {
    float[] x = input(7);
    assertThat(Engine.run(smoothed, x, ROWS, WIDTH))
        .containsExactly(Engine.run(model, x, ROWS, WIDTH), within(1e-3f));
  }
}
