package io.distillstream.quantization.optimize.fusion;

import static io.distillstream.quantization.optimize.fusion.Fused.assertFused;
import static io.distillstream.quantization.optimize.fusion.Fused.assertNotFused;
import static io.distillstream.quantization.optimize.fusion.Fused.wide;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.Graphs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hard swish and hard sigmoid, in the ways in which exporters write them out. */
class HardSwishFusionTest {

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

  /** The value clip(x + 3, 0, most). */
  private static void clipped(GraphBuilder graph, float most) {
    graph.initializer(Tensor.scalar("three", 3f)).initializer(Tensor.scalar("zero", 0f));
    graph.initializer(Tensor.scalar("six", 6f)).initializer(Tensor.scalar("most", most));
    graph.node("Add", List.of("three", "x"), List.of("shifted"));
    graph.node("Clip", List.of("shifted", "zero", "most"), List.of("clipped"));
  }
}
