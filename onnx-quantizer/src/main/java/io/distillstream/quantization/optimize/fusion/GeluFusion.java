package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.quantization.optimize.pass.Factors;
import io.distillstream.quantization.optimize.pass.Fusion;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds GELU where it is written out, in either form and with its factors in any order, and writes
 * it as one node (Hendrycks and Gimpel 2016, Gaussian Error Linear Units):
 *
 * <pre>
 * 0.5 · x · (1 + erf(x / √2))
 * 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))
 * </pre>
 */
public final class GeluFusion implements Fusion {
  private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);

  @Override
  public String name() {
    return "GELU";
  }

  /** Gelu is an operator of ONNX since this version. */
  @Override
  public long minOpset() {
    return 20;
  }

  @Override
  public Optional<Match> match(WorkingGraph graph, NodeProto last) {
    if (!Factors.isProduct(graph, last)) {
      return Optional.empty();
    }
    Set<NodeProto> parts = new HashSet<>();
    Factors factors = Factors.of(graph, last, parts);
    if (factors.values().size() != 2
        || factors.constant() != 0.5
        || !Nodes.isFloat32(graph, last.getOutput(0))) {
      return Optional.empty();
    }
    String first = factors.values().get(0);
    String second = factors.values().get(1);
    Optional<Match> found =
        curve(graph, first, second, parts)
            .map(approximation -> gelu(second, approximation, last, parts));
    return found.isPresent()
        ? found
        : curve(graph, second, first, parts)
            .map(approximation -> gelu(first, approximation, last, parts));
  }

  private static Match gelu(String x, String approximation, NodeProto last, Set<NodeProto> parts) {
    Attribute[] attributes =
        approximation.equals("none")
            ? new Attribute[0]
            : new Attribute[] {Attribute.text("approximate", approximation)};
    return new Match(last, parts, graph -> Nodes.node("Gelu", List.of(x), last, attributes));
  }

  /** Which of the two curves {@code 1 + f(x)} a factor is; the name as Gelu's attribute has it. */
  private static Optional<String> curve(
      WorkingGraph graph, String factor, String x, Set<NodeProto> parts) {
    Optional<NodeProto> sum = Nodes.producer(graph, factor, "Add");
    if (sum.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      boolean plusOne =
          Nodes.number(graph, sum.get().getInput(1 - i)).filter(one -> one == 1).isPresent();
      Optional<NodeProto> function = graph.producer(sum.get().getInput(i));
      if (plusOne && function.isPresent()) {
        Set<NodeProto> inner = new HashSet<>(Set.of(sum.get(), function.get()));
        Optional<String> found = function.flatMap(node -> approximation(graph, node, x, inner));
        found.ifPresent(curve -> parts.addAll(inner));
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> approximation(
      WorkingGraph graph, NodeProto function, String x, Set<NodeProto> parts) {
    if (Nodes.is(function, "Erf")) {
      return Polynomial.of(graph, function.getInput(0), x, parts)
          .filter(argument -> argument.isCloseTo(0, Math.sqrt(0.5)))
          .map(argument -> "none");
    }
    if (Nodes.is(function, "Tanh")) {
      return Polynomial.of(graph, function.getInput(0), x, parts)
          .filter(argument -> argument.isCloseTo(0, TANH_SCALE, 0, TANH_SCALE * 0.044715))
          .map(argument -> "tanh");
    }
    return Optional.empty();
  }
}
