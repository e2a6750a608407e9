package io.distillstream.quantization.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.plan.BlockOptions;
import io.distillstream.quantization.plan.BlockOptions.Kernels;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Weights in 4 bits, so that there is a shift to see, and fp32 arithmetic, so that it is exact. */
class BiasCorrectionTest {
  private static final int ROWS = 50;
  private static final int WIDTH = 16;
  private static final SchemeOptions COARSE =
      Graphs.ALL.with(new BlockOptions(32, Kernels.AT_LOAD));

  @Test
  void shouldRestoreTheMeanOfAProductWithoutABias() {
    assertMeanRestored(graph -> graph.node("MatMul", List.of("x", "w"), "y"));
  }

  @Test
  void shouldRestoreTheMeanOfAProductWithABiasBehind() {
    Consumer<GraphBuilder> body =
        graph -> {
          graph.initializer(Graphs.random("b", WIDTH));
          graph.node("MatMul", List.of("x", "w"), "h");
          graph.node("Add", List.of("b", "h"), "y");
        };

    assertMeanRestored(body);

    OnnxModel model = Graphs.matrices(WIDTH, body.andThen(BiasCorrectionTest::addWeights));
    SchemeOptions corrected = COARSE.withMeans(Map.of("x", new float[WIDTH]));
    assertThat(Graphs.ops(Graphs.quantized(model, Precision.INT4_WEIGHTS, corrected)))
        .filteredOn("Add"::equals)
        .hasSize(1);
  }

  @Test
  void shouldRestoreTheMeanOfEveryGemm() {
    assertMeanRestored(
        graph -> {
          graph.initializer(Graphs.random("b", WIDTH));
          graph.node(
              "Gemm",
              List.of("x", "w", "b"),
              "y",
              Attribute.integer("transB", 1),
              Attribute.decimal("alpha", 2));
        });
    assertMeanRestored(graph -> graph.node("Gemm", List.of("x", "w"), "y"));
    assertMeanRestored(
        graph -> {
          graph.initializer(Graphs.random("b", 1));
          graph.node("Gemm", List.of("x", "w", "b"), "y");
        });
  }

  @Test
  void shouldRestoreWhatAGroupedConvolutionGivesForConstantChannels() {
    OnnxModel model =
        Graphs.of(
            graph -> {
              graph.initializer(Graphs.random("w", 8, 2, 3, 3));
              graph.node("Conv", List.of("x", "w"), "y", Attribute.integer("group", 2));
            },
            Dimension.of(1),
            Dimension.of(4),
            Dimension.of(5),
            Dimension.of(5));
    float[] mean = {1, -2, 3, 0.5f};
    float[] x = new float[4 * 25];
    for (int i = 0; i < x.length; i++) {
      x[i] = mean[i / 25];
    }

    float[] y =
        Engine.run(
            Graphs.quantized(model, Precision.INT4_WEIGHTS, COARSE.withMeans(Map.of("x", mean))),
            x,
            1,
            4,
            5,
            5);

    assertThat(y).containsExactly(Engine.run(model, x, 1, 4, 5, 5), within(1e-4f));
  }

  @Test
  void shouldSayHowManyMeansAreMissing() {
    OnnxModel model =
        Graphs.matrices(
            WIDTH,
            graph -> {
              addWeights(graph);
              graph.node("MatMul", List.of("x", "w"), "y");
            });

    assertThatThrownBy(
            () ->
                Graphs.quantized(
                    model, Precision.INT4_WEIGHTS, COARSE.withMeans(Map.of("x", new float[3]))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Expected 16 mean activations of x, got 3");
  }

  private static void addWeights(GraphBuilder graph) {
    graph.initializer(Graphs.random("w", WIDTH, WIDTH));
  }

  private static void assertMeanRestored(Consumer<GraphBuilder> body) {
    OnnxModel model = Graphs.matrices(WIDTH, body.andThen(BiasCorrectionTest::addWeights));
    float[] x = Graphs.random(1, ROWS * WIDTH, -1, 3);
    float[] expected = mean(Engine.run(model, x, ROWS, WIDTH));
    OnnxModel plain = Graphs.quantized(model, Precision.INT4_WEIGHTS, COARSE);
    OnnxModel corrected =
        Graphs.quantized(model, Precision.INT4_WEIGHTS, COARSE.withMeans(Map.of("x", mean(x))));

    assertThat(Engine.relativeError(expected, mean(Engine.run(plain, x, ROWS, WIDTH))))
        .isGreaterThan(1e-2);
    assertThat(mean(Engine.run(corrected, x, ROWS, WIDTH)))
        .containsExactly(expected, within(1e-4f));
  }

  private static float[] mean(float[] rows) {
    float[] mean = new float[WIDTH];
    for (int i = 0; i < rows.length; i++) {
      mean[i % WIDTH] += rows[i] / ROWS;
    }
    return mean;
  }
}
