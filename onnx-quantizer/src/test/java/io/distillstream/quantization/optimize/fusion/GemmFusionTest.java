package io.distillstream.quantization.optimize.fusion;

import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static io.distillstream.quantization.optimize.fusion.Fused.wide;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.optimize.Graphs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Products of matrices with their bias. */
class GemmFusionTest {

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
}
