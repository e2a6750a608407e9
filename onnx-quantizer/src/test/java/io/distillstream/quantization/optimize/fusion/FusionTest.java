package io.distillstream.quantization.optimize.fusion;

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
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layer normalization, GELU, hard swish and Gemm, in the ways in which exporters write them out.
 */
class FusionTest {

  /** Ways to write 1 / √v and to square. */
  private enum Style {
    DIV_SQRT,
    TIMES_RECIPROCAL,
    TIMES_ONE_OVER,
    POW_HALF,
    POW_MINUS_HALF,
    DIFFERENCE_TWICE,
    AXIS_COUNTED_FROM_THE_FRONT
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void shouldFindLayerNormalizationHoweverItIsWritten(Style style) {
    assertFused(
        wide(
            graph -> {
              normalized(graph, style, "n");
              graph.initializer(random("w", 6)).initializer(random("b", 6));
              graph.node("Mul", List.of("w", "n"), List.of("s"));
              return graph.node("Add", List.of("s", "b"), List.of("y"));
            }),
        "LayerNormalization");
  }

  @Test
  void shouldFindLayerNormalizationWithoutAShiftOrScale() {
    assertFused(wide(graph -> normalized(graph, Style.DIV_SQRT, "y")), "LayerNormalization");
    assertFused(
        wide(
            graph -> {
              normalized(graph, Style.DIV_SQRT, "n");
              return graph.initializer(random("w", 6)).node("Mul", List.of("n", "w"), List.of("y"));
            }),
        "LayerNormalization");
    assertFused(
        wide(
            graph -> {
              normalized(graph, Style.DIV_SQRT, "n");
              return graph.initializer(random("b", 6)).node("Add", List.of("b", "n"), List.of("y"));
            }),
        "LayerNormalization");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldFindLayerNormalizationWithItsScaleMultipliedInFirst(boolean scaled) {
    assertFused(
        wide(
            graph -> {
              variance(graph, Style.DIV_SQRT);
              graph.initializer(random("w", 1, 1, 6)).initializer(random("b", 6));
              graph.node("Sqrt", List.of("v"), List.of("root"));
              graph.node("Reciprocal", List.of("root"), List.of("r"));
              if (scaled) {
                graph.node("Mul", List.of("r", "w"), List.of("g"));
              }
              String factor = scaled ? "g" : "r";
              graph.node("Mul", List.of("x", factor), List.of("product"));
              graph.node("Mul", List.of("mean", factor), List.of("correction"));
              graph.node("Sub", List.of("b", "correction"), List.of("rest"));
              return graph.node("Add", List.of("rest", "product"), List.of("y"));
            }),
        "LayerNormalization");
  }

  @Test
  void shouldTakeScalesOfOtherShapes() {
    assertFused(
        wide(
            graph -> {
              normalized(graph, Style.DIV_SQRT, "n");
              graph.initializer(random("w", 1, 6)).initializer(Tensor.scalar("b", 0.25f));
              graph.node("Mul", List.of("n", "w"), List.of("s"));
              return graph.node("Add", List.of("s", "b"), List.of("y"));
            }),
        "LayerNormalization");
  }

  @Test
  void shouldLeaveANormalizationAloneWhoseMeanIsUsedElsewhere() {
    assertNotFused(
        wide(
            graph -> {
              normalized(graph, Style.DIV_SQRT, "n");
              return graph.node("Add", List.of("n", "mean"), List.of("y"));
            }),
        "LayerNormalization");
  }

  @Test
  void shouldLeaveANormalizationAloneWhoseInnerValueIsAnOutput() {
    assertNotFused(
        wide(
            graph -> {
              graph.output("v", ElementType.FLOAT32, shape(-1, 4, 1).toArray(Dimension[]::new));
              return normalized(graph, Style.DIV_SQRT, "y");
            }),
        "LayerNormalization");
  }

  @Test
  void shouldLeaveANormalizationOverOtherAxesAlone() {
    assertNotFused(
        wide(
            graph -> {
              mean(graph, "x", "mean", 1);
              graph.node("Sub", List.of("x", "mean"), List.of("d"));
              graph.node("Mul", List.of("d", "d"), List.of("q"));
              mean(graph, "q", "q-mean", 1);
              graph.initializer(Tensor.scalar("eps", 1e-5f));
              graph.node("Add", List.of("q-mean", "eps"), List.of("v"));
              graph.node("Sqrt", List.of("v"), List.of("root"));
              return graph.node("Div", List.of("d", "root"), List.of("y"));
            }),
        "LayerNormalization");
  }

  @Test
  void shouldNotTakeAScalePerRowForAScalePerColumn() {
    OnnxModel model =
        wide(
            graph -> {
              normalized(graph, Style.DIV_SQRT, "n");
              return graph
                  .initializer(random("w", 4, 1))
                  .node("Mul", List.of("n", "w"), List.of("y"));
            });

    OnnxModel fused = Graphs.optimized(model).model();

    assertThat(Graphs.ops(fused)).containsExactly("LayerNormalization", "Mul");
    Graphs.assertSame(model, fused);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x*h,1+erf(x/r)",
        "x,h*(1+erf(x/r))",
        "(x*(1+erf(x/r)))*h",
        "x*h,erf(x*i)+1",
        "(x*(1+erf(x/r)))/2"
      })
  void shouldFindGeluHoweverItsFactorsAreOrdered(String form) {
    assertFused(wide(graph -> erfGelu(graph, form)), "Gelu");
  }

  @ParameterizedTest
  @EnumSource(Cubic.class)
  void shouldFindTheTanhFormHoweverItsPolynomialIsWritten(Cubic cubic) {
    OnnxModel model = wide(graph -> tanhGelu(graph, cubic, 0.044715f));

    OnnxModel fused = assertFused(model, "Gelu");

    assertThat(Attribute.textOf(fused.nodes().get(0), "approximate", "none")).isEqualTo("tanh");
  }

  @Test
  void shouldNotTakeAnotherPolynomialForGelu() {
    assertNotFused(wide(graph -> tanhGelu(graph, Cubic.POW, 0.0447f)), "Gelu");
  }

  @Test
  void shouldNotTakeHalfAGeluForAWhole() {
    assertNotFused(wide(graph -> erfGelu(graph, "x,1+erf(x/r)")), "Gelu");
  }

  @Test
  void shouldLeaveGeluAloneWhoseInnerValueIsUsedElsewhere() {
    assertNotFused(
        wide(
            graph -> {
              erfGelu(graph, "(x*(1+erf(x/r)))*h", "g");
              return graph.node("Add", List.of("g", "erf"), List.of("y"));
            }),
        "Gelu");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldFindHardSwish(boolean divided) {
    OnnxModel model =
        wide(
            graph -> {
              clipped(graph, 6);
              graph.initializer(Tensor.scalar("sixth", 1 / 6f));
              graph.node("Mul", List.of("x", "clipped"), List.of("product"));
              return divided
                  ? graph.node("Div", List.of("product", "six"), List.of("y"))
                  : graph.node("Mul", List.of("sixth", "product"), List.of("y"));
            });

    OnnxModel fused = Graphs.optimized(model).model();

    assertThat(Graphs.ops(fused)).containsExactly("HardSigmoid", "Mul");
    assertThat(fused.opset()).isEqualTo(13);
    Graphs.assertSame(model, fused);
  }

  @Test
  void shouldFindHardSigmoid() {
    assertFused(
        wide(
            graph -> {
              clipped(graph, 6);
              return graph.node("Div", List.of("clipped", "six"), List.of("y"));
            }),
        "HardSigmoid");
  }

  @Test
  void shouldNotTakeOtherClipsForAHardSigmoid() {
    assertNotFused(
        wide(
            graph -> {
              clipped(graph, 5);
              return graph.node("Div", List.of("clipped", "six"), List.of("y"));
            }),
        "HardSigmoid");
    assertNotFused(
        wide(
            graph -> {
              clipped(graph, 6);
              graph.node("Div", List.of("clipped", "six"), List.of("curve"));
              return graph.node("Add", List.of("curve", "clipped"), List.of("y"));
            }),
        "HardSigmoid");
  }

  @Test
  void shouldMakeAGemmOfAProductOfMatricesAndItsBias() {
    OnnxModel model =
        Graphs.of(
            shape(-1, 4),
            shape(-1, 6),
            graph -> {
              graph.initializer(random("w", 4, 6)).initializer(random("b", 1, 6));
              graph.node("MatMul", List.of("x", "w"), List.of("m"));
              return graph.node("Add", List.of("b", "m"), List.of("y"));
            });

    OnnxModel fused = Graphs.optimized(model).model();

    assertThat(Graphs.ops(fused)).containsExactly("Gemm");
    Graphs.assertSame(model, fused);
  }

  @Test
  void shouldLeaveProductsOfMoreAxesAlone() {
    OnnxModel model =
        wide(
            graph -> {
              graph.initializer(random("w", 6, 6)).initializer(random("b", 6));
              graph.node("MatMul", List.of("x", "w"), List.of("m"));
              return graph.node("Add", List.of("b", "m"), List.of("y"));
            });

    assertThat(Graphs.ops(Graphs.optimized(model).model())).containsExactly("MatMul", "Add");
  }

  @Test
  void shouldLeaveASumAloneThatIsNoBias() {
    OnnxModel model =
        Graphs.of(
            shape(1, 4),
            shape(3, 6),
            graph -> {
              graph.initializer(random("w", 4, 6)).initializer(random("b", 3, 6));
              graph.node("MatMul", List.of("x", "w"), List.of("m"));
              return graph.node("Add", List.of("b", "m"), List.of("y"));
            });

    OnnxModel same = Graphs.optimized(model).model();

    assertThat(Graphs.ops(same)).containsExactly("MatMul", "Add");
    Graphs.assertSame(model, same);
  }

  private static OnnxModel assertFused(OnnxModel model, String op) {
    OnnxModel fused = Graphs.optimized(model).model();
    assertThat(Graphs.ops(fused)).containsExactly(op);
    Graphs.assertSame(model, fused);
    return fused;
  }

  private static void assertNotFused(OnnxModel model, String op) {
    OnnxModel same = Graphs.optimized(model).model();
    assertThat(Graphs.ops(same)).doesNotContain(op);
    assertThat(same.opset()).isEqualTo(model.opset());
    Graphs.assertSame(model, same);
  }

  private static OnnxModel wide(UnaryOperator<GraphBuilder> body) {
    return Graphs.of(13, shape(-1, 4, 6), shape(-1, 4, 6), body);
  }

  private static void mean(GraphBuilder graph, String input, String output, int axis) {
    graph.node("ReduceMean", List.of(input), List.of(output), Attribute.integers("axes", axis));
  }

  /** The value clip(x + 3, 0, most). */
  private static void clipped(GraphBuilder graph, float most) {
    graph.initializer(Tensor.scalar("three", 3f)).initializer(Tensor.scalar("zero", 0f));
    graph.initializer(Tensor.scalar("six", 6f)).initializer(Tensor.scalar("most", most));
    graph.node("Add", List.of("three", "x"), List.of("shifted"));
    graph.node("Clip", List.of("shifted", "zero", "most"), List.of("clipped"));
  }

  /** Variance plus epsilon as v, x minus its mean as d. */
  private static void variance(GraphBuilder graph, Style style) {
    mean(graph, "x", "mean", style == Style.AXIS_COUNTED_FROM_THE_FRONT ? 2 : -1);
    graph.node("Sub", List.of("x", "mean"), List.of("d"));
    graph.initializer(Tensor.scalar("two", 2f)).initializer(Tensor.scalar("eps", 1e-5f));
    if (style == Style.DIFFERENCE_TWICE) {
      graph.node("Sub", List.of("x", "mean"), List.of("d2"));
      graph.node("Pow", List.of("d2", "two"), List.of("q"));
    } else {
      graph.node("Mul", List.of("d", "d"), List.of("q"));
    }
    mean(graph, "q", "q-mean", -1);
    graph.node("Add", List.of("eps", "q-mean"), List.of("v"));
  }

  private static GraphBuilder normalized(GraphBuilder graph, Style style, String output) {
    variance(graph, style);
    graph.initializer(Tensor.scalar("half", 0.5f)).initializer(Tensor.scalar("-half", -0.5f));
    graph.initializer(Tensor.scalar("one", 1f));
    switch (style) {
      case POW_HALF -> graph.node("Pow", List.of("v", "half"), List.of("root"));
      case POW_MINUS_HALF -> graph.node("Pow", List.of("v", "-half"), List.of("r"));
      default -> graph.node("Sqrt", List.of("v"), List.of("root"));
    }
    return switch (style) {
      case TIMES_RECIPROCAL -> {
        graph.node("Reciprocal", List.of("root"), List.of("r"));
        yield graph.node("Mul", List.of("r", "d"), List.of(output));
      }
      case TIMES_ONE_OVER -> {
        graph.node("Div", List.of("one", "root"), List.of("r"));
        yield graph.node("Mul", List.of("d", "r"), List.of(output));
      }
      case POW_MINUS_HALF -> graph.node("Mul", List.of("d", "r"), List.of(output));
      default -> graph.node("Div", List.of("d", "root"), List.of(output));
    };
  }

  private static GraphBuilder erfGelu(GraphBuilder graph, String form) {
    return erfGelu(graph, form, "y");
  }

  private static GraphBuilder erfGelu(GraphBuilder graph, String form, String output) {
    graph.initializer(Tensor.scalar("h", 0.5f)).initializer(Tensor.scalar("one", 1f));
    graph.initializer(Tensor.scalar("2", 2f)).initializer(Tensor.scalar("r", 1.4142135f));
    graph.initializer(Tensor.scalar("i", 0.70710677f));
    boolean times = form.contains("x*i");
    graph.node(times ? "Mul" : "Div", List.of("x", times ? "i" : "r"), List.of("scaled"));
    graph.node("Erf", List.of("scaled"), List.of("erf"));
    graph.node("Add", times ? List.of("erf", "one") : List.of("one", "erf"), List.of("curve"));
    if (form.startsWith("(")) {
      graph.node("Mul", List.of("x", "curve"), List.of("whole"));
      return form.endsWith("/2")
          ? graph.node("Div", List.of("whole", "2"), List.of(output))
          : graph.node("Mul", List.of("whole", "h"), List.of(output));
    }
    if (form.startsWith("x*h")) {
      graph.node("Mul", List.of("x", "h"), List.of("left"));
      return graph.node("Mul", List.of("left", "curve"), List.of(output));
    }
    if (form.contains("h*")) {
      graph.node("Mul", List.of("h", "curve"), List.of("right"));
      return graph.node("Mul", List.of("x", "right"), List.of(output));
    }
    return graph.node("Mul", List.of("x", "curve"), List.of(output));
  }

  /** Ways to write √(2/π) · (x + 0.044715 · x³). */
  private enum Cubic {
    POW,
    PRODUCTS,
    FACTORED
  }

  private static GraphBuilder tanhGelu(GraphBuilder graph, Cubic cubic, float factor) {
    graph.initializer(Tensor.scalar("h", 0.5f)).initializer(Tensor.scalar("one", 1f));
    graph.initializer(Tensor.scalar("c", factor)).initializer(Tensor.scalar("3", 3f));
    graph.initializer(Tensor.scalar("k", 0.7978846f));
    switch (cubic) {
      case POW -> {
        graph.node("Pow", List.of("x", "3"), List.of("x3"));
        graph.node("Mul", List.of("c", "x3"), List.of("cx3"));
        graph.node("Add", List.of("x", "cx3"), List.of("sum"));
        graph.node("Mul", List.of("k", "sum"), List.of("inner"));
      }
      case PRODUCTS -> {
        graph.node("Mul", List.of("x", "x"), List.of("x2"));
        graph.node("Mul", List.of("x2", "x"), List.of("x3"));
        graph.node("Mul", List.of("x3", "c"), List.of("cx3"));
        graph.node("Add", List.of("cx3", "x"), List.of("sum"));
        graph.node("Mul", List.of("sum", "k"), List.of("inner"));
      }
      case FACTORED -> {
        graph.node("Mul", List.of("x", "k"), List.of("kx"));
        graph.node("Mul", List.of("x", "c"), List.of("cx"));
        graph.node("Mul", List.of("cx", "x"), List.of("cx2"));
        graph.node("Add", List.of("one", "cx2"), List.of("sum"));
        graph.node("Mul", List.of("kx", "sum"), List.of("inner"));
      }
    }
    graph.node("Tanh", List.of("inner"), List.of("tanh"));
    graph.node("Add", List.of("tanh", "one"), List.of("curve"));
    graph.node("Mul", List.of("x", "curve"), List.of("whole"));
    return graph.node("Mul", List.of("whole", "h"), List.of("y"));
  }
}
