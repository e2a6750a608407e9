package io.distillstream.quantization.optimize.attention;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An input {@code [batch, length]} of 1 for tokens and 0 for padding, made into what is added to
 * the scores of attention, {@code (1 − m) · hidden} as {@code [batch, 1, 1, length]}.
 *
 * @param input of the model
 * @param type of the input, an integer
 * @param hidden what is added where there is padding
 */
record PaddingMask(String input, ElementType type, float hidden) {

  /** So much below all scores that the softmax makes nothing of it. */
  private static final float LOW = -1_000;

  static Optional<PaddingMask> of(WorkingGraph graph, OnnxModel model, String value) {
    Optional<NodeProto> product = Nodes.producer(graph, value, "Mul");
    Optional<NodeProto> difference = Optional.empty();
    Optional<Float> hidden = Optional.empty();
    for (int i = 0; i < 2 && product.isPresent() && difference.isEmpty(); i++) {
      hidden = Nodes.number(graph, product.get().getInput(1 - i)).filter(low -> low <= LOW);
      difference =
          hidden.isEmpty()
              ? Optional.empty()
              : Nodes.producer(graph, product.get().getInput(i), "Sub");
    }
    boolean fromOne =
        difference
            .flatMap(node -> Nodes.number(graph, node.getInput(0)))
            .filter(one -> one == 1)
            .isPresent();
    return fromOne
        ? of(graph, model, difference.orElseThrow().getInput(1), hidden.orElseThrow())
        : Optional.empty();
  }

  private static Optional<PaddingMask> of(
      WorkingGraph graph, OnnxModel model, String ofTokens, float hidden) {
    String value = ofTokens;
    List<Long> axes = new ArrayList<>();
    Optional<NodeProto> node = graph.producer(value);
    while (node.isPresent() && (Nodes.is(node.get(), "Cast") || isUnsqueeze(node.get()))) {
      if (isUnsqueeze(node.get())) {
        axes.addAll(0, axes(graph, node.get()));
      }
      value = node.get().getInput(0);
      node = graph.producer(value);
    }
    String input = value;
    return axes.equals(List.of(1L, 2L))
        ? model.inputs().stream()
            .filter(port -> port.name().equals(input) && port.shape().size() == 2)
            .filter(port -> isOfEachText(port, model))
            .filter(port -> port.type() == ElementType.INT64 || port.type() == ElementType.INT32)
            .map(port -> new PaddingMask(input, port.type(), hidden))
            .findFirst()
        : Optional.empty();
  }

  /** A mask for one text may serve all of a batch; the kernel wants one for each. */
  private static boolean isOfEachText(Port mask, OnnxModel model) {
    Dimension batch = mask.shape().get(0);
    return !(batch instanceof Dimension.Fixed)
        || model.inputs().stream()
            .allMatch(port -> !port.shape().isEmpty() && port.shape().get(0).equals(batch));
  }

  private static boolean isUnsqueeze(NodeProto node) {
    return Nodes.is(node, "Unsqueeze");
  }

  /** They were an attribute up to operator set 12. */
  private static List<Long> axes(WorkingGraph graph, NodeProto unsqueeze) {
    return Nodes.input(unsqueeze, 1)
        .flatMap(graph::constant)
        .map(Tensor::longs)
        .map(axes -> Arrays.stream(axes).boxed().toList())
        .orElseGet(() -> Attribute.integersOf(unsqueeze, "axes"));
  }

  /** The input as kernels take it; a conversion is added in front of the graph where it is not. */
  String asInt32(WorkingGraph graph) {
    return type == ElementType.INT32 ? input : graph.converted(input, ElementType.INT32);
  }
}
