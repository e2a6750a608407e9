package io.distillstream.quantization.optimize.redundancy;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.List;

/** Removes nodes whose results nothing uses, and constants likewise. */
public final class DeadNodes implements GraphPass {
  @Override
  public String name() {
    return "dead nodes and constants";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int removed = 0;
    List<NodeProto> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      NodeProto node = nodes.get(i);
      if (node.getOutputList().stream().noneMatch(output -> isUsed(graph, output))) {
        graph.remove(node);
        removed++;
      }
    }
    for (String constant : graph.constantNames()) {
      if (!isUsed(graph, constant)) {
        graph.removeConstant(constant);
        removed++;
      }
    }
    return removed;
  }

  private static boolean isUsed(WorkingGraph graph, String value) {
    return graph.uses(value) > 0 || graph.isPinned(value);
  }
}
