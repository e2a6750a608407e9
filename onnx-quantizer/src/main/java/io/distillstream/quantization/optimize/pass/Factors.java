package io.distillstream.quantization.optimize.pass;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A product of several values, in whatever order exporters multiply them.
 *
 * @param constant product of the constant factors
 * @param values the other factors
 */
public record Factors(double constant, List<String> values) {

  /**
   * The factors of a Mul or of a Div by a constant. Factors that are such nodes themselves are
   * taken apart, as long as nothing else uses them.
   *
   * @param visited takes up the nodes taken apart
   */
  public static Factors of(WorkingGraph graph, NodeProto product, Set<NodeProto> visited) {
    List<String> values = new ArrayList<>();
    double constant = collect(graph, product, values, visited);
    return new Factors(constant, List.copyOf(values));
  }

  private static double collect(
      WorkingGraph graph, NodeProto product, List<String> values, Set<NodeProto> visited) {
    visited.add(product);
    double constant = 1;
    for (int i = 0; i < product.getInputCount(); i++) {
      String factor = product.getInput(i);
      Optional<Float> number = Nodes.number(graph, factor);
      Optional<NodeProto> inner = graph.producer(factor).filter(node -> isProduct(graph, node));
      if (number.isPresent()) {
        constant = Nodes.is(product, "Div") ? constant / number.get() : constant * number.get();
      } else if (inner.isPresent() && graph.isUsedExactly(factor, 1)) {
        constant *= collect(graph, inner.get(), values, visited);
      } else {
        values.add(factor);
      }
    }
    return constant;
  }

  public static boolean isProduct(WorkingGraph graph, NodeProto node) {
    return Nodes.is(node, "Mul")
        || (Nodes.is(node, "Div") && Nodes.number(graph, node.getInput(1)).isPresent());
  }
}
