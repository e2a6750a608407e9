package io.distillstream.quantization.optimize.pass;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.TensorValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What patterns ask of nodes and constants. */
public final class Nodes {
  private static final Set<String> RANDOM =
      Set.of(
          "Bernoulli",
          "Dropout",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  private Nodes() {}

  /** Whether it is this operator of ONNX itself, not of a foreign domain. */
  public static boolean is(NodeProto node, String op) {
    return node.getOpType().equals(op) && isDefaultDomain(node);
  }

  /** Whether it is an operator of ONNX itself. */
  public static boolean isDefaultDomain(NodeProto node) {
    return OnnxModel.isDefaultDomain(node.getDomain());
  }

  /** Whether an operator of this name may give something else each time. */
  public static boolean isRandom(String op) {
    return RANDOM.contains(op);
  }

  /** An optional input; empty if it is left out. */
  public static Optional<String> input(NodeProto node, int index) {
    return index < node.getInputCount() && !node.getInput(index).isEmpty()
        ? Optional.of(node.getInput(index))
        : Optional.empty();
  }

  /** The producer of a value, if it is this operator. */
  public static Optional<NodeProto> producer(WorkingGraph graph, String value, String op) {
    return graph.producer(value).filter(node -> is(node, op));
  }

  /** The single number that a constant of one floating-point element holds. */
  public static Optional<Float> number(WorkingGraph graph, String value) {
    return graph
        .constant(value)
        .filter(tensor -> tensor.elements() == 1 && TensorValue.holdsFloats(tensor.type()))
        .map(tensor -> tensor.floats()[0]);
  }

  /** Whether a value is known to hold fp32 numbers. */
  public static boolean isFloat32(WorkingGraph graph, String value) {
    return graph.type(value).filter(type -> type.element() == ElementType.FLOAT32).isPresent();
  }

  /** A node that computes an operator's result under an existing name. */
  public static NodeProto node(
      String op, List<String> inputs, NodeProto inPlaceOf, Attribute... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(op)
            .setName(inPlaceOf.getName())
            .addAllInput(inputs)
            .addOutput(inPlaceOf.getOutput(0));
    for (Attribute attribute : attributes) {
      node.addAttribute(attribute.proto());
    }
    return node.build();
  }

  /** A node by its name, or if it has none by its result, and its operator. */
  public static String describe(NodeProto node) {
    return "%s (%s)"
        .formatted(node.getName().isEmpty() ? node.getOutput(0) : node.getName(), node.getOpType());
  }
}
