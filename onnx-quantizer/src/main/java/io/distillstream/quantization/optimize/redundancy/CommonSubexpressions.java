package io.distillstream.quantization.optimize.redundancy;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.BodyUses;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.HashMap;
import java.util.Map;

/** Computes once what several nodes compute from the same inputs in the same way. */
public final class CommonSubexpressions implements GraphPass {
  @Override
  public String name() {
    return "common subexpressions";
  }

  @Override
  public int apply(WorkingGraph graph) {
    Map<NodeProto, NodeProto> first = new HashMap<>();
    int merged = 0;
    for (NodeProto listed : graph.nodes()) {
      NodeProto node = graph.current(listed).orElseThrow();
      if (!isRepeatable(graph, node)) {
        continue;
      }
      NodeProto earlier = first.putIfAbsent(computation(node), node);
      if (earlier != null && earlier.getOutputCount() == node.getOutputCount()) {
        for (int i = 0; i < node.getOutputCount(); i++) {
          graph.redirect(node.getOutput(i), earlier.getOutput(i));
        }
        graph.remove(node);
        merged++;
      }
    }
    return merged;
  }

  private static boolean isRepeatable(WorkingGraph graph, NodeProto node) {
    return Nodes.isDefaultDomain(node)
        && !Nodes.isRandom(node.getOpType())
        && BodyUses.bodies(node).isEmpty()
        && node.getOutputList().stream().noneMatch(o -> o.isEmpty() || graph.isPinned(o));
  }

  /** Operator, inputs and attributes, without names. */
  private static NodeProto computation(NodeProto node) {
    return node.toBuilder().clearName().clearDocString().clearOutput().build();
  }
}
