package io.distillstream.quantization.optimize.fusion;

import static io.distillstream.quantization.optimize.Graphs.positive;
import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.Graphs;
import io.distillstream.quantization.optimize.Optimization;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AffineFoldingTest {

  @Test
  void shouldComputeByHandWhatABatchNormalizationDoes() {
    // 3 · x, then (3x − 1) / √(4) · 10 + 5: weights 15, bias 0.
    OnnxModel model =
        convolution(
            graph -> {
              graph.initializer(Tensor.float32("w", new float[] {3}, 1, 1, 1, 1));
              graph.node("Conv", List.of("x", "w"), List.of("c"));
              graph.initializer(Tensor.float32("gamma", new float[] {10}, 1));
              graph.initializer(Tensor.float32("beta", new float[] {5}, 1));
              graph.initializer(Tensor.float32("mean", new float[] {1}, 1));
              graph.initializer(Tensor.float32("variance", new float[] {4}, 1));
              return graph.node(
                  "BatchNormalization",
                  List.of("c", "gamma", "beta", "mean", "variance"),
                  List.of("y"),
                  Attribute.decimal("epsilon", 0));
            },
            1);

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("Conv");
    assertThat(input(folded, 1).floats()).containsExactly(15);
    assertThat(input(folded, 2).floats()).containsExactly(0);
    Graphs.assertSame(model, folded);
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "2, true", "4, false"})
  void shouldFoldIntoConvolutions(int group, boolean biased) {
    OnnxModel model =
        convolution(
            graph -> {
              graph.initializer(random("w", 8, 4 / group, 3, 3)).initializer(random("b", 8));
              graph.node(
                  "Conv",
                  biased ? List.of("x", "w", "b") : List.of("x", "w"),
                  List.of("c"),
                  Attribute.integer("group", group),
                  Attribute.integers("pads", 1, 1, 1, 1));
              normalization(graph, "c", "n", 8);
              return graph.node("Relu", List.of("n"), List.of("y"));
            },
            8);

    Optimization optimization = Graphs.optimized(model);

    assertThat(Graphs.ops(optimization.model())).containsExactly("Conv", "Relu");
    assertThat(optimization.count("batch normalization into weights")).isEqualTo(1);
    Graphs.assertSame(model, optimization.model());
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4"})
  void shouldFoldIntoTransposedConvolutions(int group) {
    OnnxModel model =
        convolution(
            graph -> {
              graph.initializer(random("w", 4, 8 / group, 2, 2));
              graph.node(
                  "ConvTranspose",
                  List.of("x", "w"),
                  List.of("c"),
                  Attribute.integer("group", group));
              return normalization(graph, "c", "y", 8);
            },
            8);

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("ConvTranspose");
    Graphs.assertSame(model, folded);
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void shouldFoldIntoProducts(int transposed) {
    OnnxModel model =
        rows(
            graph -> {
              graph.initializer(transposed == 0 ? random("w", 4, 6) : random("w", 6, 4));
              graph.initializer(random("b", 6));
              graph.node(
                  "Gemm",
                  List.of("x", "w", "b"),
                  List.of("g"),
                  Attribute.integer("transB", transposed),
                  Attribute.decimal("alpha", 0.5f),
                  Attribute.decimal("beta", 3));
              return normalization(graph, "g", "y", 6);
            });

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("Gemm");
    Graphs.assertSame(model, folded);
  }

  @Test
  void shouldMakeAProductOfMatricesAGemmForABias() {
    OnnxModel model =
        rows(
            graph -> {
              graph.initializer(random("w", 4, 6));
              graph.node("MatMul", List.of("x", "w"), List.of("m"));
              return normalization(graph, "m", "y", 6);
            });

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("Gemm");
    Graphs.assertSame(model, folded);
  }

  @ParameterizedTest
  @CsvSource({
    "Mul, false, 3",
    "Mul, true, 3",
    "Mul, true, 0",
    "Add, false, 4",
    "Add, true, 3",
    "Sub, false, 3",
    "Sub, true, 3",
    "Div, false, 3",
    "Div, false, 0"
  })
  void shouldFoldConstantsPerChannel(String op, boolean constantFirst, int rank) {
    long[] dims = new long[rank];
    Arrays.fill(dims, 1);
    if (rank > 0) {
      dims[rank - 3] = 8;
    }
    OnnxModel model =
        convolution(
            graph -> {
              graph.initializer(random("w", 8, 4, 3, 3)).initializer(random("b", 8));
              graph.initializer(positive("k", dims));
              graph.node("Conv", List.of("x", "w", "b"), List.of("c"));
              return graph.node(
                  op, constantFirst ? List.of("k", "c") : List.of("c", "k"), List.of("y"));
            },
            8);

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("Conv");
    Graphs.assertSame(model, folded);
  }

  @Test
  void shouldLeaveConstantsAloneThatDifferWithinAChannel() {
    assertUnchanged(
        convolution(
            graph -> {
              graph.initializer(random("w", 8, 4, 1, 1)).initializer(random("k", 1, 5));
              graph.node("Conv", List.of("x", "w"), List.of("c"));
              return graph.node("Mul", List.of("c", "k"), List.of("y"));
            },
            8));
  }

  @Test
  void shouldLeaveADivisionByTheResultAlone() {
    assertUnchanged(
        convolution(
            graph -> {
              graph.initializer(random("w", 8, 4, 1, 1)).initializer(random("k", 8, 1, 1));
              graph.node("Conv", List.of("x", "w"), List.of("c"));
              return graph.node("Div", List.of("k", "c"), List.of("y"));
            },
            8));
  }

  @Test
  void shouldLeaveALayerAloneThatSomethingElseUses() {
    assertUnchanged(
        convolution(
            graph -> {
              graph.initializer(random("w", 8, 4, 1, 1)).initializer(random("k", 8, 1, 1));
              graph.node("Conv", List.of("x", "w"), List.of("c"));
              graph.node("Mul", List.of("c", "k"), List.of("m"));
              return graph.node("Add", List.of("c", "m"), List.of("y"));
            },
            8));
  }

  @Test
  void shouldLeaveALayerAloneThatIsAnOutputToo() {
    OnnxModel model =
        convolution(
            graph -> {
              graph.output("c", ElementType.FLOAT32, shape(-1, 8, 5, 5).toArray(Dimension[]::new));
              graph.initializer(random("w", 8, 4, 1, 1)).initializer(random("k", 8, 1, 1));
              graph.node("Conv", List.of("x", "w"), List.of("c"));
              return graph.node("Mul", List.of("c", "k"), List.of("y"));
            },
            8);

    assertUnchanged(model);
  }

  @Test
  void shouldLeaveWeightsAloneThatTwoLayersShare() {
    assertUnchanged(
        convolution(
            graph -> {
              graph.initializer(random("w", 4, 4, 1, 1)).initializer(random("k", 4, 1, 1));
              graph.node("Conv", List.of("x", "w"), List.of("c"));
              graph.node("Mul", List.of("c", "k"), List.of("m"));
              return graph.node("Conv", List.of("m", "w"), List.of("y"));
            },
            4));
  }

  private static void assertUnchanged(OnnxModel model) {
    OnnxModel same = Graphs.optimized(model).model();

    assertThat(Graphs.ops(same)).isEqualTo(Graphs.ops(model));
    Graphs.assertSame(model, same);
  }

  private static GraphBuilder normalization(
      GraphBuilder graph, String input, String output, int channels) {
    graph.initializer(random("gamma", channels)).initializer(random("beta", channels));
    graph.initializer(random("mean", channels)).initializer(positive("variance", channels));
    return graph.node(
        "BatchNormalization", List.of(input, "gamma", "beta", "mean", "variance"), List.of(output));
  }

  private static OnnxModel convolution(UnaryOperator<GraphBuilder> body, int channels) {
    int inputs = channels == 1 ? 1 : 4;
    return Graphs.of(shape(-1, inputs, 5, 5), shape(-1, channels, -1, -1), body);
  }

  private static OnnxModel rows(UnaryOperator<GraphBuilder> body) {
    return Graphs.of(shape(-1, 4), shape(-1, 6), body);
  }

  private static Tensor input(OnnxModel model, int index) {
    return model.initializer(model.nodes().get(0).getInput(index)).orElseThrow();
  }
}
