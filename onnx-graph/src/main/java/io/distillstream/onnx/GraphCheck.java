package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Walks a graph once in running order: is every value there when it is needed, and only once? */
final class GraphCheck {
  private final Set<String> used = new HashSet<>();
  private final Set<String> defined = new HashSet<>();
  private final Set<String> nodeNames = new HashSet<>();

  private GraphCheck() {}

  static GraphCheck of(
      List<String> inputs,
      Set<String> initializers,
      List<NodeProto> nodes,
      List<String> outputs,
      Set<String> domains) {
    GraphCheck check = new GraphCheck();
    inputs.forEach(input -> check.define(input, "graph input"));
    initializers.forEach(initializer -> check.define(initializer, "initializer"));
    for (NodeProto node : nodes) {
      check.visit(node, domains);
    }
    for (String output : outputs) {
      if (!check.defined.contains(output)) {
        throw new InvalidModelException("Graph output %s is computed by no node".formatted(output));
      }
      check.used.add(output);
    }
    if (outputs.isEmpty()) {
      throw new InvalidModelException("The graph has no output");
    }
    return check;
  }

  /** Whether some node, or the graph's outputs, refer to this value. */
  boolean uses(String value) {
    return used.contains(value);
  }

  private void visit(NodeProto node, Collection<String> domains) {
    if (!domains.contains(node.getDomain()) && !OnnxModel.isDefaultDomain(node.getDomain())) {
      throw new InvalidModelException(
          "%s is of the domain %s, whose operator set is not imported"
              .formatted(describe(node), node.getDomain()));
    }
    if (!node.getName().isEmpty() && !nodeNames.add(node.getName())) {
      throw new InvalidModelException("%s occurs twice".formatted(describe(node)));
    }
    for (String input : node.getInputList()) {
      // The format writes an optional input that is left out as an empty name.
      if (!input.isEmpty() && !defined.contains(input)) {
        throw new InvalidModelException(
            "%s uses %s, which no input, initializer or earlier node defines"
                .formatted(describe(node), input));
      }
      used.add(input);
    }
    for (String value : BodyUses.of(node)) {
      if (!defined.contains(value)) {
        throw new InvalidModelException(
            "A body of %s uses %s, which nothing defines".formatted(describe(node), value));
      }
      used.add(value);
    }
    for (String output : node.getOutputList()) {
      if (!output.isEmpty()) {
        define(output, describe(node));
      }
    }
  }

  /**
   * Everything that a node refers to: its inputs, and what bodies of If and Loop take from around.
   */
  static void addUses(NodeProto node, Set<String> uses) {
    uses.addAll(node.getInputList());
    uses.addAll(BodyUses.of(node));
  }

  private void define(String value, String by) {
    if (!defined.add(value)) {
      throw new InvalidModelException("%s is defined twice, again by %s".formatted(value, by));
    }
  }

  static String describe(NodeProto node) {
    return node.getName().isEmpty()
        ? "A node " + node.getOpType() + " with outputs " + node.getOutputList()
        : "Node %s (%s)".formatted(node.getName(), node.getOpType());
  }
}
