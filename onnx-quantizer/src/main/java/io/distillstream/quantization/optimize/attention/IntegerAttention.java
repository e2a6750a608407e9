package io.distillstream.quantization.optimize.attention;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import io.distillstream.quantization.optimize.redundancy.DeadNodes;
import io.distillstream.quantization.optimize.redundancy.SharedConstants;

/**
 * Lets ONNX Runtime compute self-attention in one kernel where the products in front of it are in 8
 * bits: queries, keys and values come out of one integer product, already split into heads, so that
 * nothing is transposed or copied on the way to the softmax.
 *
 * <p>The kernel is the operator {@code QAttention} of ONNX Runtime's own domain, which no other
 * engine knows; it answers as the nodes do that it stands for.
 */
public final class IntegerAttention {
  private IntegerAttention() {}

  /**
   * The model with such attention fused; the same one if it has none.
   *
   * @param model whose products are quantized as they are to stay
   */
  public static OnnxModel fuse(OnnxModel model) {
    WorkingGraph graph = new WorkingGraph(model);
    if (new AttentionFusion(model).apply(graph) == 0) {
      return model;
    }
    // Layers that share their weights share the joined ones too.
    new SharedConstants().apply(graph);
    new DeadNodes().apply(graph);
    return graph.toModel();
  }
}
