package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.quantization.optimize.pass.Factors;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the hard sigmoid and hard swish of mobile networks with one node for the curve (Howard et
 * al. 2019, Searching for MobileNetV3, section 5.2). HardSigmoid is old enough for every model.
 *
 * <pre>
 * clip(x + 3, 0, 6) / 6     = HardSigmoid(x)
 * x · clip(x + 3, 0, 6) / 6 = x · HardSigmoid(x)   with α = 1/6, β = 1/2
 * </pre>
 */
public final class HardSwishFusion implements GraphPass {
  @Override
  public String name() {
    return "hard sigmoid and hard swish";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int fused = 0;
    for (NodeProto node : graph.nodes()) {
      if (Factors.isProduct(graph, node) && fuse(graph, node)) {
        fused++;
      }
    }
    return fused;
  }

  private static boolean fuse(WorkingGraph graph, NodeProto last) {
    Set<NodeProto> parts = new HashSet<>();
    Factors factors = Factors.of(graph, last, parts);
    List<String> values = factors.values();
    if (Math.abs(factors.constant() * 6 - 1) > 1e-6 || values.size() > 2) {
      return false;
    }
    for (int i = 0; i < values.size(); i++) {
      Optional<NodeProto> clip =
          Nodes.producer(graph, values.get(i), "Clip")
              .filter(node -> graph.isUsedExactly(node.getOutput(0), 1))
              .filter(node -> isNumber(graph, node, 1, 0) && isNumber(graph, node, 2, 6));
      Optional<String> x = clip.flatMap(node -> threeLess(graph, node.getInput(0)));
      boolean alone = values.size() == 1;
      if (x.isPresent() && (alone || values.get(1 - i).equals(x.get()))) {
        replace(graph, last, clip.orElseThrow(), x.get(), alone);
        return true;
      }
    }
    return false;
  }

  /** The value x, if the given one is x + 3. */
  private static Optional<String> threeLess(WorkingGraph graph, String value) {
    Optional<NodeProto> sum =
        Nodes.producer(graph, value, "Add").filter(node -> graph.isUsedExactly(value, 1));
    for (int i = 0; i < 2; i++) {
      int operand = i;
      Optional<String> x =
          sum.filter(node -> isNumber(graph, node, 1 - operand, 3))
              .map(node -> node.getInput(operand));
      if (x.isPresent() && Nodes.isFloat32(graph, x.get())) {
        return x;
      }
    }
    return Optional.empty();
  }

  /** The clipped value takes the curve's place; nothing but the product sees it. */
  private static void replace(
      WorkingGraph graph, NodeProto last, NodeProto clip, String x, boolean alone) {
    NodeProto place = alone ? last : clip;
    graph.replace(
        place,
        Nodes.node(
            "HardSigmoid",
            List.of(x),
            place,
            Attribute.decimal("alpha", 1 / 6f),
            Attribute.decimal("beta", 0.5f)));
    if (!alone) {
      graph.replace(last, Nodes.node("Mul", List.of(x, clip.getOutput(0)), last));
    }
  }

  private static boolean isNumber(WorkingGraph graph, NodeProto node, int input, float expected) {
    return Nodes.input(node, input)
        .flatMap(value -> Nodes.number(graph, value))
        .filter(number -> number == expected)
        .isPresent();
  }
}
