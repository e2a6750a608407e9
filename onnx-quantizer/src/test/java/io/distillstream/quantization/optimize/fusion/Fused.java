package io.distillstream.quantization.optimize.fusion;

import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.optimize.Graphs;
import java.util.function.UnaryOperator;

/** What became of a model whose pattern may be an operator of newer versions. */
final class Fused {
  private Fused() {}

  static OnnxModel assertFused(OnnxModel model, String op) {
    OnnxModel fused = Graphs.optimized(model).model();
    assertThat(Graphs.ops(fused)).containsExactly(op);
    Graphs.assertSame(model, fused);
    return fused;
  }

  static void assertNotFused(OnnxModel model, String op) {
    OnnxModel same = Graphs.optimized(model).model();
    assertThat(Graphs.ops(same)).doesNotContain(op);
    assertThat(same.opset()).isEqualTo(model.opset());
    Graphs.assertSame(model, same);
  }

  static OnnxModel wide(UnaryOperator<GraphBuilder> body) {
    return Graphs.of(13, shape(-1, 4, 6), shape(-1, 4, 6), body);
  }
}
