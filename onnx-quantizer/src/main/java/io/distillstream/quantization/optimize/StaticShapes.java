package io.distillstream.quantization.optimize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.ValueType;
import java.util.List;
import java.util.Optional;

/**
 * Turns questions for a shape into constants where the answer is always the same: a Shape whose
 * axes are all fixed, and a Gather that takes one fixed axis out of a Shape.
 */
final class StaticShapes implements Pass {
  @Override
  public String name() {
    return "static shapes";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int found = 0;
    for (NodeProto node : graph.nodes()) {
      Optional<Tensor> answer = answer(graph, node);
      if (answer.isPresent() && !graph.isOutput(node.getOutput(0))) {
        graph.replaceByConstant(node, answer.get());
        found++;
      }
    }
    return found;
  }

  private static Optional<Tensor> answer(WorkingGraph graph, NodeProto node) {
    if (Nodes.is(node, "Shape")) {
      return lengths(graph, node);
    }
    return ShapeAxis.of(graph, node)
        .flatMap(
            asked ->
                graph
                    .type(asked.value())
                    .flatMap(type -> type.length(asked.axis()))
                    .map(length -> Tensor.int64("length", new long[] {length}, asked.dims())));
  }

  private static Optional<Tensor> lengths(WorkingGraph graph, NodeProto shape) {
    if (Attribute.isPresent(shape, "start") || Attribute.isPresent(shape, "end")) {
      return Optional.empty();
    }
    return graph
        .type(shape.getInput(0))
        .flatMap(ValueType::shape)
        .filter(dims -> dims.stream().allMatch(Dimension.Fixed.class::isInstance))
        .map(StaticShapes::tensor);
  }

  private static Tensor tensor(List<Dimension> dims) {
    long[] lengths = dims.stream().mapToLong(dim -> ((Dimension.Fixed) dim).length()).toArray();
    return Tensor.int64("shape", lengths, lengths.length);
  }
}
