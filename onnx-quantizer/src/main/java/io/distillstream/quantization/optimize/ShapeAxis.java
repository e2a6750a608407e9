package io.distillstream.quantization.optimize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import java.util.Optional;

/** The length of one axis of a value, as a Gather takes it out of a Shape. */
final class ShapeAxis {
  private final String value;
  private final int axis;
  private final long[] dims;

  private ShapeAxis(String value, int axis, long[] dims) {
    this.value = value;
    this.axis = axis;
    this.dims = dims;
  }

  /** Whose axis it is. */
  String value() {
    return value;
  }

  /** Counted from the front, or if negative from the end. */
  int axis() {
    return axis;
  }

  /** Of the answer: none for a scalar, otherwise as many ones. */
  long[] dims() {
    return dims;
  }

  /** What a Gather asks for; empty if it is not a question for one axis. */
  static Optional<ShapeAxis> of(WorkingGraph graph, NodeProto gather) {
    if (!Nodes.is(gather, "Gather") || Attribute.integerOf(gather, "axis", 0) != 0) {
      return Optional.empty();
    }
    Optional<Tensor> index =
        graph.constant(gather.getInput(1)).filter(tensor -> tensor.elements() == 1);
    Optional<NodeProto> shape =
        Nodes.producer(graph, gather.getInput(0), "Shape")
            .filter(node -> !Attribute.isPresent(node, "start"))
            .filter(node -> !Attribute.isPresent(node, "end"));
    if (index.isEmpty() || shape.isEmpty()) {
      return Optional.empty();
    }
    long[] dims = index.get().dims().stream().mapToLong(Long::longValue).toArray();
    return Optional.of(
        new ShapeAxis(shape.get().getInput(0), Math.toIntExact(index.get().longs()[0]), dims));
  }

  /**
   * The same question where the answer stands alone in a vector: a Gather with a vector of one
   * index, or an Unsqueeze of a scalar.
   */
  static Optional<ShapeAxis> inVector(WorkingGraph graph, String value) {
    Optional<NodeProto> producer = graph.producer(value);
    Optional<ShapeAxis> direct =
        producer.flatMap(node -> of(graph, node)).filter(asked -> asked.dims.length == 1);
    if (direct.isPresent()) {
      return direct;
    }
    return producer
        .filter(node -> Nodes.is(node, "Unsqueeze"))
        .flatMap(unsqueeze -> graph.producer(unsqueeze.getInput(0)))
        .flatMap(node -> of(graph, node))
        .filter(asked -> asked.dims.length == 0);
  }
}
