package io.distillstream.quantization;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.BodyUses;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.layer.QuantizableLayers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Says of a model without a layer that any scheme could hold in fewer bits why that is so. */
final class NothingToQuantize {
  private static final Set<String> LAYERS = Set.of("MatMul", "Gemm", "Conv", "LSTM", "GRU", "RNN");

  private static final Set<String> INTEGERS =
      Set.of("MatMulInteger", "ConvInteger", "QLinearConv", "QLinearMatMul", "DequantizeLinear");

  private NothingToQuantize() {}

  /**
   * Lets models with layers pass.
   *
   * @throws InvalidModelException for one without, with what would be accepted
   */
  static void check(QuantizableLayers layers) {
    if (layers.all().isEmpty()) {
      throw new InvalidModelException(
          "Nothing in the model can be held in fewer bits%s; accepted are MatMul, Gemm, Conv, LSTM, GRU and RNN with constant fp32 weights, and Gather from such a table"
              .formatted(reason(layers.model())));
    }
  }

  private static String reason(OnnxModel model) {
    List<NodeProto> control =
        model.nodes().stream().filter(node -> !BodyUses.bodies(node).isEmpty()).toList();
    Map<String, Long> inside =
        control.stream()
            .flatMap(node -> BodyUses.bodies(node).stream())
            .map(NothingToQuantize::layers)
            .flatMap(counts -> counts.entrySet().stream())
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey, TreeMap::new, Collectors.summingLong(Map.Entry::getValue)));
    if (!inside.isEmpty()) {
      NodeProto first = control.get(0);
      return ": %s lie in the bodies of control flow, as in %s %s, which are left as they are; export the model for the branch that is taken"
          .formatted(
              inside.entrySet().stream()
                  .map(operator -> operator.getValue() + " " + operator.getKey())
                  .collect(Collectors.joining(", ")),
              first.getOpType(),
              first.getName().isEmpty() ? first.getOutput(0) : first.getName());
    }
    return model.nodes().stream().anyMatch(node -> INTEGERS.contains(node.getOpType()))
        ? ": its weights are integers already"
        : "";
  }

  private static Map<String, Long> layers(GraphProto body) {
    Map<String, Long> counts = new TreeMap<>();
    for (NodeProto node : body.getNodeList()) {
      if (LAYERS.contains(node.getOpType())) {
        counts.merge(node.getOpType(), 1L, Long::sum);
      }
      BodyUses.bodies(node)
          .forEach(
              inner -> layers(inner).forEach((op, count) -> counts.merge(op, count, Long::sum)));
    }
    return counts;
  }
}
