package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the bodies of control flow, the graphs inside an If, a Loop or a Scan, take from the graph
 * around them. They refer to it by name, without listing it among the inputs of their node.
 */
public final class BodyUses {
  private BodyUses() {}

  /** Names that the node's bodies use and do not define; empty for a node without bodies. */
  public static Set<String> of(NodeProto node) {
    Set<String> uses = new LinkedHashSet<>();
    bodies(node).forEach(body -> uses.addAll(outer(body)));
    return uses;
  }

  /** The graphs inside a node. */
  public static List<GraphProto> bodies(NodeProto node) {
    List<GraphProto> bodies = new ArrayList<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        bodies.add(attribute.getG());
      }
      bodies.addAll(attribute.getGraphsList());
    }
    return bodies;
  }

  private static Set<String> outer(GraphProto body) {
    Set<String> defined = new LinkedHashSet<>();
    Set<String> uses = new LinkedHashSet<>();
    body.getInputList().stream().map(ValueInfoProto::getName).forEach(defined::add);
    body.getInitializerList().forEach(tensor -> defined.add(tensor.getName()));
    for (NodeProto node : body.getNodeList()) {
      uses.addAll(node.getInputList());
      uses.addAll(of(node));
      defined.addAll(node.getOutputList());
    }
    body.getOutputList().stream().map(ValueInfoProto::getName).forEach(uses::add);
    uses.removeAll(defined);
    uses.remove("");
    return uses;
  }
}
