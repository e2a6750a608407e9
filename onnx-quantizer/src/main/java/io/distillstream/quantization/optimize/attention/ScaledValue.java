package io.distillstream.quantization.optimize.attention;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.optimize.pass.Factors;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Optional;
import java.util.Set;

/**
 * A value times a constant.
 *
 * @param value without the factor
 * @param factor 1 where there is none
 */
record ScaledValue(String value, double factor) {

  /**
   * Takes off the constant factors that a value was multiplied by.
   *
   * @param parts takes up the nodes that multiplied it
   */
  static ScaledValue of(WorkingGraph graph, String value, Set<NodeProto> parts) {
    Optional<NodeProto> product =
        graph.producer(value).filter(node -> Factors.isProduct(graph, node));
    for (int i = 0; i < 2 && product.isPresent(); i++) {
      NodeProto node = product.get();
      Optional<Float> number = Nodes.number(graph, node.getInput(1 - i));
      boolean isDivisor = Nodes.is(node, "Div");
      if (number.isPresent() && !(isDivisor && i == 1)) {
        parts.add(node);
        ScaledValue inner = of(graph, node.getInput(i), parts);
        double factor = isDivisor ? 1.0 / number.get() : number.get();
        return new ScaledValue(inner.value(), inner.factor() * factor);
      }
    }
    return new ScaledValue(value, 1);
  }
}
