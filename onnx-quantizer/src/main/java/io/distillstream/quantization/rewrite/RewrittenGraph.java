package io.distillstream.quantization.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.FreshNames;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * One pass over a graph, in which each node is kept or replaced by nodes whose results keep their
 * names, so that the nodes around need no change.
 */
public final class RewrittenGraph {
  private final OnnxModel model;
  private final GraphBuilder graph;
  private final FreshNames fresh;
  private final Map<String, String> names = new HashMap<>();
  private final Set<String> defined = new HashSet<>();

  public RewrittenGraph(OnnxModel model) {
    this.model = model;
    this.fresh = new FreshNames(model);
    this.graph = GraphBuilder.framedLike(model);
    model
        .initializerNames()
        .forEach(name -> graph.initializer(model.initializer(name).orElseThrow()));
  }

  public void keep(NodeProto node) {
    graph.node(node);
  }

  /**
   * What a new value is called: as wanted, or like it where the model has a value of that name. The
   * same wish gets the same name.
   */
  public String name(String wanted) {
    return names.computeIfAbsent(wanted, fresh::like);
  }

  /** Adds a constant unless that was done before; answers its {@link #name}. */
  public String constant(String wanted, Function<String, Tensor> tensor) {
    String name = name(wanted);
    if (defines(wanted)) {
      graph.initializer(tensor.apply(name));
    }
    return name;
  }

  /** Whether this is the first time that a new value is wanted so; it is to be defined then. */
  public boolean defines(String wanted) {
    return defined.add(wanted);
  }

  /** Adds a node whose result is a new value; answers its {@link #name}. */
  public String value(String op, List<String> inputs, String wanted, Attribute... attributes) {
    return graph.node(op, inputs, name(wanted), attributes);
  }

  /** Adds a node whose result has this very name. */
  public void node(String op, List<String> inputs, String output, Attribute... attributes) {
    graph.node(op, inputs, output, attributes);
  }

  public void node(String op, List<String> inputs, List<String> outputs, Attribute... attributes) {
    graph.node(op, inputs, outputs, attributes);
  }

  /** A node that only ONNX Runtime knows. */
  public void microsoftNode(
      String op, List<String> inputs, String output, Attribute... attributes) {
    microsoftNode(op, inputs, List.of(output), attributes);
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
