package io.distillstream.quantization.optimize.attention;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What goes into the softmax of attention: {@code q · kᵀ · factor + mask}.
 *
 * @param queries split into heads
 * @param keys split into heads
 * @param factor of the product
 * @param mask of positions, if there is one
 */
record Scores(
    AttentionHeads queries, AttentionHeads keys, double factor, Optional<PaddingMask> mask) {
  private static final double TOLERANCE = 1e-6;

  static Optional<Scores> of(
      WorkingGraph graph, OnnxModel model, String value, Set<NodeProto> parts) {
    Optional<NodeProto> sum = Nodes.producer(graph, value, "Add");
    if (sum.isEmpty()) {
      return product(graph, value, Optional.empty(), parts);
    }
    for (int i = 0; i < 2; i++) {
      Optional<PaddingMask> mask = PaddingMask.of(graph, model, sum.get().getInput(1 - i));
      Set<NodeProto> inner = new HashSet<>(Set.of(sum.get()));
      Optional<Scores> found =
          mask.isEmpty() ? Optional.empty() : product(graph, sum.get().getInput(i), mask, inner);
      if (found.isPresent()) {
        parts.addAll(inner);
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Scores> product(
      WorkingGraph graph, String value, Optional<PaddingMask> mask, Set<NodeProto> parts) {
    ScaledValue scaled = ScaledValue.of(graph, value, parts);
    Optional<NodeProto> product = Nodes.producer(graph, scaled.value(), "MatMul");
    Optional<AttentionHeads> queries =
        product.flatMap(node -> AttentionHeads.split(graph, node.getInput(0), parts));
    Optional<AttentionHeads> keys =
        product.flatMap(node -> AttentionHeads.splitAndTransposed(graph, node.getInput(1), parts));
    if (queries.isEmpty() || keys.isEmpty()) {
      return Optional.empty();
    }
    parts.add(product.orElseThrow());
    double factor = scaled.factor() * queries.get().factor() * keys.get().factor();
    return Optional.of(new Scores(queries.get(), keys.get(), factor, mask));
  }

  /** Whether the factor is 1 / √size, which is what kernels take if nothing else is said. */
  boolean hasUsualFactor(int size) {
    return Math.abs(factor * Math.sqrt(size) - 1) < TOLERANCE;
  }
}
