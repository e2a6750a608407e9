package io.distillstream.quantization.optimize.redundancy;

import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.Graphs;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ConstantFoldingTest {

  @Test
  void shouldComputeWhatDependsOnConstantsOnly() {
    OnnxModel model =
        row(
            graph -> {
              graph.initializer(Tensor.float32("a", new float[] {1, 2, 3}, 3));
              graph.node(
                  "Constant",
                  List.of(),
                  List.of("b"),
                  Attribute.tensor("value", Tensor.scalar("", 2f)));
              graph.node("Mul", List.of("a", "b"), List.of("c"));
              graph.node("Neg", List.of("c"), List.of("d"));
              return graph.node("Mul", List.of("x", "d"), List.of("y"));
            });

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("Mul");
    assertThat(folded.initializerNames()).containsExactly("d");
    assertThat(folded.initializer("d").orElseThrow().floats()).containsExactly(-2, -4, -6);
    assertThat(folded.metadata()).containsEntry("kept", "as it was");
  }

  @Test
  void shouldFoldEveryElementTypeBitForBit() {
    OnnxModel model =
        row(
            graph -> {
              graph.initializer(Tensor.float32("a", new float[] {0.1f, -1e30f, 3}, 3));
              String previous = "a";
              for (ElementType type :
                  List.of(ElementType.FLOAT64, ElementType.FLOAT16, ElementType.FLOAT32)) {
                graph.node("Cast", List.of(previous), "cast-" + type, Attribute.castTo(type));
                previous = "cast-" + type;
              }
              graph.node("Mul", List.of("x", previous), "m");
              return graph.node("Add", List.of("m", "a"), List.of("y"));
            });

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(folded.initializer("cast-FLOAT32").orElseThrow().floats())
        .containsExactly(0.099975586f, Float.NEGATIVE_INFINITY, 3);
  }

  @Test
  void shouldNotFoldWhatMakesTheFileMuchLarger() {
    OnnxModel model =
        Graphs.of(
            shape(1000, 1000),
            shape(1000, 1000),
            graph -> {
              graph.initializer(Tensor.int64("dims", new long[] {1000, 1000}, 2));
              graph.initializer(Tensor.scalar("zero", 0L)).initializer(Tensor.scalar("one", 1f));
              graph.node("Expand", List.of("one", "dims"), List.of("wide"));
              return graph.node("Sub", List.of("x", "wide"), List.of("y"));
            });

    OnnxModel same = Graphs.optimized(model).model();

    assertThat(Graphs.ops(same)).containsExactly("Expand", "Sub");
    assertThat(same.sizeBytes()).isLessThan(1000);
  }

  @Test
  void shouldFoldASmallExpansion() {
    OnnxModel model =
        row(
            graph -> {
              graph.initializer(Tensor.int64("dims", new long[] {3}, 1));
              graph.node(
                  "ConstantOfShape",
                  List.of("dims"),
                  List.of("w"),
                  Attribute.tensor("value", Tensor.float32("", new float[] {2}, 1)));
              return graph.node("Sub", List.of("x", "w"), List.of("y"));
            });

    assertThat(Graphs.ops(Graphs.optimized(model).model())).containsExactly("Sub");
  }

  @Test
  void shouldTransposeWeightsThatNothingElseNeeds() {
    OnnxModel model =
        Graphs.of(
            shape(-1, 200),
            shape(-1, 300),
            graph -> {
              graph.initializer(random("w", 300, 200));
              graph.node("Transpose", List.of("w"), "t", Attribute.integers("perm", 1, 0));
              return graph.node("MatMul", List.of("x", "t"), List.of("y"));
            });

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("MatMul");
    assertThat(folded.sizeBytes()).isLessThanOrEqualTo(model.sizeBytes());
    Graphs.assertSame(model, folded);
  }

  @Test
  void shouldNotHoldATableTwiceThatIsUsedBothWays() {
    OnnxModel model =
        Graphs.of(
            shape(-1, 200),
            shape(-1, 200),
            graph -> {
              graph.initializer(random("w", 300, 200));
              graph.node("Transpose", List.of("w"), "t", Attribute.integers("perm", 1, 0));
              graph.node("MatMul", List.of("x", "t"), "scores");
              return graph.node("MatMul", List.of("scores", "w"), List.of("y"));
            });

    assertThat(Graphs.ops(Graphs.optimized(model).model()))
        .containsExactly("Transpose", "MatMul", "MatMul");
  }

  @Test
  void shouldFoldTwoHalvesThatTogetherFreeTheWhole() {
    OnnxModel model =
        Graphs.of(
            shape(-1, 200),
            shape(-1, 200),
            graph -> {
              graph.initializer(random("w", 400, 200));
              graph.initializer(Tensor.int64("0", new long[] {0}, 1));
              graph.initializer(Tensor.int64("200", new long[] {200}, 1));
              graph.initializer(Tensor.int64("400", new long[] {400}, 1));
              graph.node("Slice", List.of("w", "0", "200", "0"), "w1");
              graph.node("Slice", List.of("w", "200", "400", "0"), "w2");
              graph.node("MatMul", List.of("x", "w1"), "h");
              return graph.node("MatMul", List.of("h", "w2"), List.of("y"));
            });

    OnnxModel folded = Graphs.optimized(model).model();

    assertThat(Graphs.ops(folded)).containsExactly("MatMul", "MatMul");
    assertThat(folded.sizeBytes()).isLessThan(model.sizeBytes());
    Graphs.assertSame(model, folded);
  }

  @Test
  void shouldKeepQuantizedWeightsSmall() {
    OnnxModel model =
        row(
            graph -> {
              graph.initializer(Tensor.int8("q", new byte[] {1, 2, 3}, 3));
              graph.initializer(Tensor.scalar("scale", 0.5f));
              graph.node("DequantizeLinear", List.of("q", "scale"), "w");
              return graph.node("Mul", List.of("x", "w"), List.of("y"));
            });

    assertThat(Graphs.ops(Graphs.optimized(model).model()))
        .containsExactly("DequantizeLinear", "Mul");
  }

  @Test
  void shouldLeaveChanceAlone() {
    OnnxModel model =
        row(
            graph -> {
              graph.node("RandomUniform", List.of(), "r", Attribute.integers("shape", 3));
              return graph.node("Mul", List.of("x", "r"), List.of("y"));
            });

    assertThat(Graphs.ops(Graphs.optimized(model).model())).containsExactly("RandomUniform", "Mul");
  }

  private static OnnxModel row(UnaryOperator<GraphBuilder> body) {
    return Graphs.of(shape(-1, 3), shape(-1, 3), body);
  }
}
