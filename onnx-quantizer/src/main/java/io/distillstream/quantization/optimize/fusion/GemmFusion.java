package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.List;
import java.util.Optional;

/**
 * Writes a MatMul of two matrices and the Add of a constant bias as one Gemm. With more than two
 * axes a Gemm would need Reshapes around it, so those stay; ONNX Runtime fuses them when it loads.
 */
public final class GemmFusion implements GraphPass {
  @Override
  public String name() {
    return "MatMul and Add to Gemm";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int fused = 0;
    for (NodeProto add : graph.nodes()) {
      if (Nodes.is(add, "Add") && (fuse(graph, add, 0) || fuse(graph, add, 1))) {
        fused++;
      }
    }
    return fused;
  }

  private static boolean fuse(WorkingGraph graph, NodeProto add, int operand) {
    Optional<NodeProto> product =
        Nodes.producer(graph, add.getInput(operand), "MatMul")
            .filter(node -> graph.isUsedExactly(node.getOutput(0), 1))
            .filter(node -> isMatrix(graph, node.getInput(0)));
    Optional<Tensor> weights =
        product
            .flatMap(node -> graph.constant(node.getInput(1)))
            .filter(tensor -> tensor.type() == ElementType.FLOAT32)
            .filter(tensor -> tensor.dims().size() == 2);
    Optional<Tensor> bias = graph.constant(add.getInput(1 - operand));
    if (weights.isEmpty()
        || bias.filter(found -> isBias(found, weights.get().dims().get(1))).isEmpty()) {
      return false;
    }
    NodeProto matMul = product.orElseThrow();
    graph.replace(
        add,
        Nodes.node(
            "Gemm",
            List.of(matMul.getInput(0), matMul.getInput(1), add.getInput(1 - operand)),
            add));
    graph.remove(matMul);
    return true;
  }

  private static boolean isMatrix(WorkingGraph graph, String value) {
    return graph.type(value).filter(type -> type.rank().orElse(0) == 2).isPresent();
  }

  /** One number per column, or one for all. */
  private static boolean isBias(Tensor tensor, long columns) {
    List<Long> dims = tensor.dims();
    return tensor.type() == ElementType.FLOAT32
        && dims.size() <= 2
        && (tensor.elements() == 1
            || (tensor.elements() == columns && dims.get(dims.size() - 1) == columns));
  }
}
