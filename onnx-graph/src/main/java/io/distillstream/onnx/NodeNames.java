package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of nodes, which are labels only: nothing in a graph refers to a node by its name. */
final class NodeNames {
  private NodeNames() {}

  /**
   * The same nodes under different names. ONNX asks for that, some exporters do not keep to it, and
   * ONNX Runtime does not mind. Nodes without a name stay without one.
   */
  static List<NodeProto> distinct(List<NodeProto> nodes) {
    Set<String> taken = new HashSet<>();
    nodes.forEach(node -> taken.add(node.getName()));
    Set<String> seen = new HashSet<>();
    List<NodeProto> named = new ArrayList<>(nodes.size());
    for (NodeProto node : nodes) {
      String name = node.getName();
      for (int i = 2; !name.isEmpty() && !seen.add(name); i++) {
        String next = node.getName() + "_" + i;
        name = taken.contains(next) ? name : next;
      }
      named.add(name.equals(node.getName()) ? node : node.toBuilder().setName(name).build());
    }
    return named;
  }
}
