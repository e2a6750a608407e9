package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashSet;
import java.util.Set;

/**
 * Names for new values of a graph. None is given twice, and none is that of a value, a constant or
 * an input that the graph or a body of control flow in it has. Not thread-safe.
 */
public final class FreshNames {
  private final Set<String> taken = new HashSet<>();

  /** For values that are added to this model. */
  public FreshNames(OnnxModel model) {
    collect(model.proto().getGraph());
  }

  private void collect(GraphProto graph) {
    graph.getInputList().stream().map(ValueInfoProto::getName).forEach(taken::add);
    graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(taken::add);
    graph.getInitializerList().forEach(tensor -> taken.add(tensor.getName()));
    for (NodeProto node : graph.getNodeList()) {
      taken.addAll(node.getInputList());
      taken.addAll(node.getOutputList());
      BodyUses.bodies(node).forEach(this::collect);
    }
  }

  /** The wanted name, or the first free one of those with a number behind it. */
  public String like(String wanted) {
    String name = wanted;
    for (int i = 1; !taken.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
