package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.optimize.pass.Fusion;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Optional;

/** Layer normalization as TensorFlow's exporter writes it: {@code x · g + (b − mean · g)}. */
final class FactoredNormalization {
  private FactoredNormalization() {}

  static Optional<Fusion.Match> match(WorkingGraph graph, NodeProto last, int columns) {
    if (!Nodes.is(last, "Add")) {
      return Optional.empty();
    }
    Optional<Fusion.Match> found = match(graph, last, 0, columns);
    return found.isPresent() ? found : match(graph, last, 1, columns);
  }

  private static Optional<Fusion.Match> match(
      WorkingGraph graph, NodeProto last, int operand, int columns) {
    Optional<NodeProto> product = Nodes.producer(graph, last.getInput(operand), "Mul");
    Optional<NodeProto> rest = Nodes.producer(graph, last.getInput(1 - operand), "Sub");
    Optional<Columns> shift =
        rest.flatMap(node -> Columns.operandOf(graph, node, "Sub", columns))
            .filter(found -> found.other().equals(rest.get().getInput(1)));
    Optional<NodeProto> correction =
        shift.flatMap(found -> Nodes.producer(graph, found.other(), "Mul"));
    if (product.isEmpty() || correction.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      String factor = product.get().getInput(i);
      String x = product.get().getInput(1 - i);
      Optional<Fusion.Match> found =
          factor(graph, factor, columns)
              .filter(scaled -> scaled.normalized().variance().input().equals(x))
              .filter(scaled -> isProductOf(correction.get(), scaled, factor))
              .map(
                  scaled ->
                      LayerNormalizationFusion.layerNormalization(
                          last,
                          scaled
                              .normalized()
                              .and(product.get())
                              .and(rest.orElseThrow())
                              .and(correction.get())
                              .and(last),
                          scaled.scale(),
                          shift));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The factor g, with the constant in it. */
  private static Optional<Factor> factor(WorkingGraph graph, String value, int columns) {
    Optional<NodeProto> product = graph.producer(value);
    Optional<Columns> scale =
        product.flatMap(node -> Columns.operandOf(graph, node, "Mul", columns));
    if (scale.isEmpty()) {
      return Normalized.inverseRoot(graph, value)
          .map(root -> new Factor(root, Columns.ones(columns)));
    }
    return Normalized.inverseRoot(graph, scale.get().other())
        .map(root -> new Factor(root.and(product.orElseThrow()), scale.get()));
  }

  private static boolean isProductOf(NodeProto correction, Factor factor, String name) {
    String mean = factor.normalized().variance().mean();
    return (correction.getInput(0).equals(mean) && correction.getInput(1).equals(name))
        || (correction.getInput(1).equals(mean) && correction.getInput(0).equals(name));
  }

  private record Factor(Normalized normalized, Columns scale) {}
}
