package io.distillstream.quantization.optimize.redundancy;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.engine.ValueType;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Takes out nodes that answer their first input as it is. */
public final class NoOpRemoval implements GraphPass {
  @Override
  public String name() {
    return "no-op removal";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int removed = 0;
    for (NodeProto listed : graph.nodes()) {
      Optional<NodeProto> node = graph.current(listed);
      Optional<String> same = node.flatMap(current -> answeredInput(graph, current));
      if (same.isPresent() && bypass(graph, node.orElseThrow(), same.get())) {
        removed++;
      }
    }
    return removed;
  }

  /** The input that a node answers unchanged. */
  private static Optional<String> answeredInput(WorkingGraph graph, NodeProto node) {
    if (!Nodes.isDefaultDomain(node) || node.getInputCount() == 0) {
      return Optional.empty();
    }
    String first = node.getInput(0);
    boolean unchanged =
        switch (node.getOpType()) {
          case "Identity" -> true;
          case "Concat", "Sum", "Mean", "Max", "Min" -> node.getInputCount() == 1;
          case "Dropout" -> isInference(graph, node);
          case "Cast" -> castsToItsOwnType(graph, node);
          case "Transpose" -> keepsTheOrder(node);
          case "Reshape", "Flatten" -> keepsTheShape(graph, first, node.getOutput(0));
          case "Mul", "Div" -> isNeutral(graph, first, node.getInput(1), 1);
          case "Add", "Sub" -> isNeutral(graph, first, node.getInput(1), 0);
          case "Pow" -> isNeutral(graph, first, node.getInput(1), 1);
          case "Pad" -> isAllZero(graph, node);
          default -> false;
        };
    if (unchanged) {
      return Optional.of(first);
    }
    if (Nodes.is(node, "Mul") && isNeutral(graph, node.getInput(1), first, 1)) {
      return Optional.of(node.getInput(1));
    }
    if (Nodes.is(node, "Add") && isNeutral(graph, node.getInput(1), first, 0)) {
      return Optional.of(node.getInput(1));
    }
    return Optional.empty();
  }

  private static boolean bypass(WorkingGraph graph, NodeProto node, String input) {
    String output = node.getOutput(0);
    for (int i = 1; i < node.getOutputCount(); i++) {
      if (graph.uses(node.getOutput(i)) > 0 || graph.isPinned(node.getOutput(i))) {
        return false;
      }
    }
    if (!graph.isPinned(output)) {
      graph.redirect(output, input);
      graph.remove(graph.producer(output).orElseThrow());
      return true;
    }
    // The name must stay, so the node before gives its result under this name.
    if (graph.isPinned(input) || graph.producer(input).isEmpty()) {
      return false;
    }
    graph.remove(node);
    graph.rename(input, output);
    return true;
  }

  /** Up to operator set 11 a Dropout never drops; later an input switches that on. */
  private static boolean isInference(WorkingGraph graph, NodeProto dropout) {
    return Nodes.input(dropout, 2)
        .map(mode -> graph.constant(mode).filter(training -> training.longs()[0] == 0).isPresent())
        .orElse(true);
  }

  private static boolean castsToItsOwnType(WorkingGraph graph, NodeProto cast) {
    long to = Attribute.integerOf(cast, "to", 0);
    return graph.type(cast.getInput(0)).filter(type -> type.element().code() == to).isPresent();
  }

  private static boolean keepsTheOrder(NodeProto transpose) {
    List<Long> order = Attribute.integersOf(transpose, "perm");
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i) != i) {
        return false;
      }
    }
    return !order.isEmpty();
  }

  /**
   * Axes of equal name have equal lengths; one open axis among fixed ones follows from the rest.
   */
  private static boolean keepsTheShape(WorkingGraph graph, String input, String output) {
    Optional<List<Dimension>> from = graph.type(input).flatMap(ValueType::shape);
    Optional<List<Dimension>> to = graph.type(output).flatMap(ValueType::shape);
    if (from.isEmpty() || to.isEmpty() || from.get().size() != to.get().size()) {
      return false;
    }
    int different = 0;
    int named = 0;
    for (int i = 0; i < from.get().size(); i++) {
      Dimension before = from.get().get(i);
      Dimension after = to.get().get(i);
      if (before.equals(Dimension.of(0))) {
        return false;
      }
      if (before instanceof Dimension.Fixed || after instanceof Dimension.Fixed) {
        if (!before.equals(after)) {
          return false;
        }
      } else if (before.equals(after) && !before.equals(Dimension.of(Dimension.UNNAMED))) {
        named++;
      } else {
        different++;
      }
    }
    // A named axis may be empty, and then another one may be anything.
    return different == 0 || (different == 1 && named == 0);
  }

  /** A constant that changes neither the values nor, by broadcasting, the shape. */
  private static boolean isNeutral(
      WorkingGraph graph, String value, String constant, float neutral) {
    Optional<Tensor> found = graph.constant(constant);
    if (found.isEmpty()
        || found.get().elements() != 1
        || graph.constant(value).isPresent()
        || rank(graph, value) < found.get().dims().size()) {
      return false;
    }
    Tensor tensor = found.get();
    return TensorValue.holdsFloats(tensor.type())
        ? tensor.floats()[0] == neutral
        : tensor.longs()[0] == (long) neutral;
  }

  /** At least so many axes. */
  private static int rank(WorkingGraph graph, String value) {
    return graph.type(value).map(type -> type.rank().orElse(0)).orElse(0);
  }

  private static boolean isAllZero(WorkingGraph graph, NodeProto pad) {
    if (Nodes.input(pad, 1).isEmpty()) {
      List<Long> pads = Attribute.integersOf(pad, "pads");
      return !pads.isEmpty() && pads.stream().allMatch(length -> length == 0);
    }
    return graph
        .constant(pad.getInput(1))
        .filter(pads -> Arrays.stream(pads.longs()).allMatch(length -> length == 0))
        .isPresent();
  }
}
