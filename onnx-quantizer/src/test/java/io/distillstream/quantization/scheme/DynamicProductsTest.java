package io.distillstream.quantization.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.model.quantization.ColumnQuantization;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.plan.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class DynamicProductsTest {

  @Test
  void shouldReproduceAProductWhoseNumbersHaveExactEightBitForms() {
    // Columns with scales 1/127 and 2; activations in steps of 1/255 from 0 to 1.
    OnnxModel model = product(new float[] {1, 254, -1, 0, 0, -254}, 3, 2);

    float[] y = Engine.run(quantized(model), new float[][] {{1, 0, 51 / 255f}, {0, 1, 1}});

    assertThat(y).containsExactly(new float[] {1, 254 - 254 / 5f, -1, -254}, within(1e-4f));
  }

  @Test
  void shouldNotSaturateAtTheExtremes() {
    // Pairs of products of 255 · 127 overflow 16 bits: a saturating kernel would answer about half.
    int inner = 512;
    int columns = 32;
    float[] weights = new float[inner * columns];
    Arrays.fill(weights, 3f);
    float[][] x = new float[2][inner];
    Arrays.fill(x[0], 1);
    Arrays.fill(x[1], 1);

    float[] y = Engine.run(quantized(product(weights, inner, columns)), x);

    for (float value : y) {
      assertThat(value).isCloseTo(3f * inner, within(1e-3f * inner));
    }
  }

  @RepeatedTest(20)
  void shouldEqualExactIntegerArithmetic(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int rows = random.nextInt(1, 9);
    int inner = random.nextInt(1, 300);
    int columns = random.nextInt(1, 70);
    float[] weights = new float[inner * columns];
    for (int i = 0; i < weights.length; i++) {
      // Mostly extremes, so that intermediate sums are as large as they get.
      weights[i] =
          random.nextInt(3) == 0 ? (float) random.nextDouble(-1, 1) : 1 - 2 * random.nextInt(2);
    }
    float[][] x = new float[rows][inner];
    for (float[] row : x) {
      for (int i = 0; i < inner; i++) {
        row[i] =
            random.nextInt(3) == 0 ? (float) random.nextDouble(-1, 4) : random.nextInt(2) * 5 - 1;
      }
    }

    float[] y = Engine.run(quantized(product(weights, inner, columns)), x);

    float[] expected =
        DynamicProduct.of(x, ColumnQuantization.of(weights, inner, columns), columns);
    assertThat(y).hasSize(rows * columns);
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isCloseTo(expected[i], within(1e-5f * inner));
    }
  }

  @Test
  void shouldQuantizeSharedActivationsOnce() {
    OnnxModel model =
        graph(
            4,
            graph -> {
              graph.initializer(random("a", 4, 6)).initializer(random("b", 4, 6));
              graph.node("MatMul", List.of("x", "a"), "xa");
              graph.node("MatMul", List.of("x", "b"), "xb");
              graph.node("Add", List.of("xa", "xb"), "y");
              return graph;
            });

    OnnxModel int8 = quantized(model);

    assertThat(ops(int8)).containsOnlyOnce("DynamicQuantizeLinear");
    assertThat(ops(int8)).filteredOn("MatMulInteger"::equals).hasSize(2);
    assertClose(model, int8, 4);
  }

  @Test
  void shouldUnderstandEveryPlainGemm() {
    OnnxModel model =
        graph(
            4,
            graph -> {
              graph.initializer(random("w", 4, 6)).initializer(random("wt", 6, 4));
              graph.initializer(random("bias", 1, 6)).initializer(random("v", 6, 6));
              graph.node("Gemm", List.of("x", "w"), "g1", Attribute.decimal("alpha", 0.5f));
              graph.node("Gemm", List.of("x", "wt", "bias"), "g2", Attribute.integer("transB", 1));
              graph.node("Add", List.of("g1", "g2"), "g12");
              graph.node("Gemm", List.of("g12", "v", "bias"), "y");
              return graph;
            });

    OnnxModel int8 = quantized(model);

    assertThat(Graphs.quantizer(model).layers().all())
        .containsExactly(
            new Layer("w", Use.PRODUCT, 4, 6),
            new Layer("wt", Use.TRANSPOSED_PRODUCT, 4, 6),
            new Layer("v", Use.PRODUCT, 6, 6));
    assertThat(ops(int8)).doesNotContain("Gemm");
    assertClose(model, int8, 4);
  }

  @Test
  void shouldLeaveOtherGemmsAlone() {
    OnnxModel model =
        graph(
            4,
            graph -> {
              graph.initializer(random("w", 4, 6)).initializer(random("bias", 1, 6));
              graph.node("Gemm", List.of("x", "w", "bias"), "y", Attribute.decimal("beta", 2));
              return graph;
            });

    assertThat(Graphs.quantizer(model).layers().all()).isEmpty();
    assertThat(ops(quantized(model))).containsExactly("Gemm");
  }

  @Test
  void shouldLookUpRowsInEightBits() {
    GraphBuilder graph =
        GraphBuilder.named("lookup")
            .input("x", ElementType.INT64, Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("n"), Dimension.of(2))
            .initializer(Tensor.float32("table", new float[] {127, 1, -127, 0.5f, 64, 0}, 3, 2));
    graph.node("Gather", List.of("table", "x"), "y");

    OnnxModel int8 = quantized(graph.build(Map.of()));

    assertThat(Engine.run(int8, new long[] {2, 0, 1, -2}))
        .containsExactly(
            new float[] {64, 0, 127, 1, -127, 64 / 127f, -127, 64 / 127f}, within(1e-6f));
    assertThat(int8.initializer("table")).isEmpty();
    assertThat(int8.initializer("table/int8").orElseThrow().type()).isEqualTo(ElementType.INT8);
  }

  @Test
  void shouldSeeThroughConstantsAndTransposes() {
    Tensor hidden = random("w", 6, 4);
    OnnxModel model =
        graph(
            4,
            graph -> {
              graph.node("Constant", List.of(), "c", Attribute.tensor("value", hidden));
              graph.node("Identity", List.of("c"), "same");
              graph.node("Transpose", List.of("same"), "t", Attribute.integers("perm", 1, 0));
              graph.node("MatMul", List.of("x", "t"), "y");
              return graph;
            });

    OnnxModel int8 = quantized(model);

    assertThat(ops(int8)).doesNotContain("Constant", "Identity", "Transpose", "MatMul");
    assertClose(model, int8, 4);
  }

  @Test
  void shouldKeepMetadataAndInterface() {
    OnnxModel model = product(new float[] {1, 2, 3, 4}, 2, 2).withMetadata(Map.of("k", "v"));

    OnnxModel int8 = quantized(model);

    assertThat(int8.metadata()).containsExactly(Map.entry("k", "v"));
    assertThat(int8.inputs()).isEqualTo(model.inputs());
    assertThat(int8.outputs()).isEqualTo(model.outputs());
    assertThat(int8.opset()).isEqualTo(model.opset());
  }

  @Test
  void shouldSayWhatCannotBeQuantized() {
    OnnxModel broken = product(new float[] {1, Float.NaN, 3, 4}, 2, 2);
    assertThatThrownBy(() -> quantized(broken))
        .isInstanceOf(InvalidModelException.class)
        .hasMessage("w cannot be quantized: weight 1 is NaN");
  }

  private static OnnxModel quantized(OnnxModel model) {
    return Graphs.quantized(model, Precision.INT8_DYNAMIC);
  }

  private static List<String> ops(OnnxModel model) {
    return model.nodes().stream().map(NodeProto::getOpType).toList();
  }

  private static OnnxModel product(float[] weights, int inner, int columns) {
    return graph(
        inner,
        graph -> {
          graph.initializer(Tensor.float32("w", weights, inner, columns));
          graph.node("MatMul", List.of("x", "w"), "y");
          return graph;
        });
  }

  private static OnnxModel graph(int width, UnaryOperator<GraphBuilder> body) {
    return body.apply(
            GraphBuilder.named("test")
                .input("x", ElementType.FLOAT32, Dimension.of("rows"), Dimension.of(width))
                .output("y", ElementType.FLOAT32, Dimension.of("rows"), Dimension.of("columns")))
        .build(Map.of());
  }

  private static Tensor random(String name, int rows, int columns) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.float32(name, values, rows, columns);
  }

  private static void assertClose(OnnxModel expected, OnnxModel actual, int width) {
    float[][] x = {new float[width], new float[width]};
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < width; i++) {
      x[0][i] = (float) random.nextDouble(-1, 1);
      x[1][i] = (float) random.nextDouble(-1, 1);
    }
    assertThat(Engine.run(actual, x)).containsExactly(Engine.run(expected, x), within(0.06f));
  }
}
