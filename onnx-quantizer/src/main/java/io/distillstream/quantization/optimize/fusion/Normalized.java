package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * {@code (x − mean) / √(variance + ε)} over the last axis, in the forms in which exporters write
 * it.
 *
 * @param variance of x, with the constant
 * @param parts all nodes that compute it
 */
record Normalized(Variance variance, Set<NodeProto> parts) {

  /** The normalized value that a node computes. */
  static Optional<Normalized> of(WorkingGraph graph, NodeProto node) {
    if (Nodes.is(node, "Div")) {
      return root(graph, node.getInput(1)).flatMap(found -> found.times(node, node.getInput(0)));
    }
    if (!Nodes.is(node, "Mul")) {
      return Optional.empty();
    }
    Optional<Normalized> found =
        inverseRoot(graph, node.getInput(1)).flatMap(r -> r.times(node, node.getInput(0)));
    return found.isPresent()
        ? found
        : inverseRoot(graph, node.getInput(0)).flatMap(r -> r.times(node, node.getInput(1)));
  }

  /** {@code 1 / √(variance + ε)}, with the nodes that compute it. */
  static Optional<Normalized> inverseRoot(WorkingGraph graph, String value) {
    NodeProto node = graph.producer(value).orElse(null);
    if (node == null || !Nodes.isDefaultDomain(node)) {
      return Optional.empty();
    }
    return switch (node.getOpType()) {
      case "Reciprocal" -> root(graph, node.getInput(0)).map(found -> found.and(node));
      case "Div" ->
          isNumber(graph, node.getInput(0), 1)
              ? root(graph, node.getInput(1)).map(found -> found.and(node))
              : Optional.empty();
      case "Pow" ->
          isNumber(graph, node.getInput(1), -0.5f)
              ? variance(graph, node.getInput(0)).map(found -> found.and(node))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Normalized> root(WorkingGraph graph, String value) {
    return graph
        .producer(value)
        .filter(
            node ->
                Nodes.is(node, "Sqrt")
                    || (Nodes.is(node, "Pow") && isNumber(graph, node.getInput(1), 0.5f)))
        .flatMap(node -> variance(graph, node.getInput(0)).map(found -> found.and(node)));
  }

  private static Optional<Normalized> variance(WorkingGraph graph, String value) {
    return Variance.of(graph, value).map(found -> new Normalized(found, found.parts()));
  }

  private static boolean isNumber(WorkingGraph graph, String value, float expected) {
    return Nodes.number(graph, value).filter(number -> number == expected).isPresent();
  }

  /** The same with one node more. */
  Normalized and(NodeProto node) {
    Set<NodeProto> more = new HashSet<>(parts);
    more.add(node);
    return new Normalized(variance, more);
  }

  private Optional<Normalized> times(NodeProto node, String centred) {
    return centred.equals(variance.centred()) ? Optional.of(and(node)) : Optional.empty();
  }
}
