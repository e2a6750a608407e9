package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The variance over the last axis plus a small constant, as exporters write it out: {@code
 * ReduceMean((x − ReduceMean(x))²) + ε}.
 *
 * @param input the value x
 * @param mean the value ReduceMean(x)
 * @param centred the value x − ReduceMean(x)
 * @param epsilon the constant
 * @param parts the nodes that compute it
 */
record Variance(String input, String mean, String centred, float epsilon, Set<NodeProto> parts) {

  /** The variance that a value is. */
  static Optional<Variance> of(WorkingGraph graph, String value) {
    Optional<NodeProto> sum = Nodes.producer(graph, value, "Add");
    if (sum.isEmpty()) {
      return Optional.empty();
    }
    Optional<Variance> found = of(graph, sum.get(), 0);
    return found.isPresent() ? found : of(graph, sum.get(), 1);
  }

  private static Optional<Variance> of(WorkingGraph graph, NodeProto sum, int operand) {
    Optional<Float> epsilon = Nodes.number(graph, sum.getInput(1 - operand));
    Optional<NodeProto> average = meanOverLastAxis(graph, sum.getInput(operand));
    Optional<NodeProto> square =
        average.flatMap(node -> graph.producer(node.getInput(0))).filter(n -> isSquare(graph, n));
    Optional<NodeProto> centred =
        square.flatMap(node -> Nodes.producer(graph, node.getInput(0), "Sub"));
    Optional<NodeProto> mean =
        centred
            .flatMap(node -> meanOverLastAxis(graph, node.getInput(1)))
            .filter(node -> node.getInput(0).equals(centred.get().getInput(0)));
    if (epsilon.isEmpty() || mean.isEmpty()) {
      return Optional.empty();
    }
    NodeProto difference = centred.orElseThrow();
    return Optional.of(
        new Variance(
            difference.getInput(0),
            difference.getInput(1),
            difference.getOutput(0),
            epsilon.get(),
            new HashSet<>(
                List.of(
                    sum, average.orElseThrow(), square.orElseThrow(), difference, mean.get()))));
  }

  private static boolean isSquare(WorkingGraph graph, NodeProto node) {
    return (Nodes.is(node, "Mul") && node.getInput(0).equals(node.getInput(1)))
        || (Nodes.is(node, "Pow")
            && Nodes.number(graph, node.getInput(1)).filter(two -> two == 2).isPresent());
  }

  private static Optional<NodeProto> meanOverLastAxis(WorkingGraph graph, String value) {
    return Nodes.producer(graph, value, "ReduceMean")
        .filter(node -> Attribute.integerOf(node, "keepdims", 1) == 1)
        .filter(node -> isLastAxis(graph, node));
  }

  /** The axes are an attribute up to operator set 17, then an input. */
  private static boolean isLastAxis(WorkingGraph graph, NodeProto mean) {
    List<Long> axes =
        Nodes.input(mean, 1)
            .map(
                input ->
                    graph
                        .constant(input)
                        .map(Tensor::longs)
                        .map(values -> Arrays.stream(values).boxed().toList())
                        .orElse(List.of()))
            .orElseGet(() -> Attribute.integersOf(mean, "axes"));
    int rank = graph.type(mean.getInput(0)).map(type -> type.rank().orElse(0)).orElse(0);
    return axes.size() == 1 && (axes.get(0) == -1 || axes.get(0) == rank - 1);
  }
}
