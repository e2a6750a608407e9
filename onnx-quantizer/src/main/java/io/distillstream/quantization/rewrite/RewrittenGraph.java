package io.distillstream.quantization.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One pass over a graph, in which each node is kept or replaced by nodes whose results keep their
 * names, so that the nodes around need no change.
 */
public final class RewrittenGraph {
  private final OnnxModel model;
  private final GraphBuilder graph;
  private final Set<String> defined = new HashSet<>();

  public RewrittenGraph(OnnxModel model) {
    this.model = model;
    this.graph = GraphBuilder.framedLike(model);
    model
        .initializerNames()
        .forEach(name -> graph.initializer(model.initializer(name).orElseThrow()));
  }

  public void keep(NodeProto node) {
    graph.node(node);
  }

  /** Adds a constant unless one of that name was added before; answers the name. */
  public String constant(String name, Function<String, Tensor> tensor) {
    if (defined.add(name)) {
      graph.initializer(tensor.apply(name));
    }
    return name;
  }

  /** Whether this is the first time that a value of that name is asked for; it is defined then. */
  public boolean defines(String name) {
    return defined.add(name);
  }

  public String node(String op, List<String> inputs, String output, Attribute... attributes) {
    return graph.node(op, inputs, output, attributes);
  }

  public void node(String op, List<String> inputs, List<String> outputs, Attribute... attributes) {
    graph.node(op, inputs, outputs, attributes);
  }

  /** A node that only ONNX Runtime knows. */
  public String microsoftNode(
      String op, List<String> inputs, String output, Attribute... attributes) {
    microsoftNode(op, inputs, List.of(output), attributes);
    return output;
  }

  /** The same with several outputs. */
  public void microsoftNode(
      String op, List<String> inputs, List<String> outputs, Attribute... attributes) {
    if (!model.opsets().containsKey(OnnxModel.MICROSOFT_DOMAIN)) {
      graph.opset(OnnxModel.MICROSOFT_DOMAIN, 1);
    }
    graph.node(OnnxModel.MICROSOFT_DOMAIN, op, inputs, outputs, attributes);
  }

  /** The rewritten model; what nothing uses any more is left out. */
  public OnnxModel build() {
    return graph.withoutUnusedNodes().build(model.metadata());
  }
}
