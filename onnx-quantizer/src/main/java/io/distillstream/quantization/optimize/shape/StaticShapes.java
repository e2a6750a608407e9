package io.distillstream.quantization.optimize.shape;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Turns questions for a shape into constants where the answer is always the same: a Shape whose
 * axes are all fixed, a Size of such a value, and a Gather or Slice that takes fixed axes out of a
 * Shape.
 */
public final class StaticShapes implements GraphPass {
  private static final Set<String> QUESTIONS = Set.of("Shape", "Size", "Gather", "Slice");

  @Override
  public String name() {
    return "static shapes";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int found = 0;
    for (NodeProto node : graph.nodes()) {
      boolean asks = Nodes.isDefaultDomain(node) && QUESTIONS.contains(node.getOpType());
      Optional<Tensor> answer = asks ? answer(graph, node) : Optional.empty();
      if (answer.isPresent() && !graph.isOutput(node.getOutput(0))) {
        graph.replaceByConstant(node, answer.get());
        found++;
      }
    }
    return found;
  }

  private static Optional<Tensor> answer(WorkingGraph graph, NodeProto node) {
    boolean int64 =
        graph
            .type(node.getOutput(0))
            .filter(type -> type.element() == ElementType.INT64)
            .isPresent();
    if (!int64) {
      return Optional.empty();
    }
    return new ShapeTerms(graph)
        .of(node)
        .filter(ShapeTerms::allKnown)
        .map(ShapeTerms::numbers)
        .map(numbers -> Tensor.int64("shape", numbers, dims(graph, node, numbers)));
  }

  /** A Size is a scalar; a Gather answers in the shape of its indices, which may be one. */
  private static long[] dims(WorkingGraph graph, NodeProto node, long[] numbers) {
    boolean scalar =
        switch (node.getOpType()) {
          case "Size" -> true;
          case "Gather" ->
              graph.constant(node.getInput(1)).map(Tensor::dims).filter(List::isEmpty).isPresent();
          default -> false;
        };
    return scalar ? new long[0] : new long[] {numbers.length};
  }
}
