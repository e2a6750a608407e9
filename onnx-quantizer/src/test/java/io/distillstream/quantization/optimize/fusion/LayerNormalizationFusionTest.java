package io.distillstream.quantization.optimize.fusion;

import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static io.distillstream.quantization.optimize.fusion.Fused.assertFused;
import static io.distillstream.quantization.optimize.fusion.Fused.assertNotFused;
import static io.distillstream.quantization.optimize.fusion.Fused.wide;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.Graphs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layer normalization, in the ways in which exporters write it out. */
class LayerNormalizationFusionTest {

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

  private static void mean(GraphBuilder graph, String input, String output, int axis) {
    graph.node("ReduceMean", List.of(input), List.of(output), Attribute.integers("axes", axis));
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
}
