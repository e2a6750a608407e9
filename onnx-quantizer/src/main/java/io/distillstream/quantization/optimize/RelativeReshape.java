package io.distillstream.quantization.optimize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Gives a Reshape a constant target where exporters compute one from the shape of its own input:
 *
 * <pre>Reshape(x, Concat(Shape(x)[0], Shape(x)[1], 12, 32)) = Reshape(x, [0, 0, 12, 32])</pre>
 *
 * A 0 stands for the input's own length at the same place.
 */
final class RelativeReshape implements Pass {
  /** In a target shape: the length that the input has at this place. */
  private static final long SAME = 0;

  @Override
  public String name() {
    return "relative reshape";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int found = 0;
    for (NodeProto node : graph.nodes()) {
      if (Nodes.is(node, "Reshape") && Attribute.integerOf(node, "allowzero", 0) == 0) {
        Optional<long[]> target = target(graph, node);
        if (target.isPresent()) {
          long[] dims = target.get();
          String name =
              graph.addConstant(
                  node.getOutput(0) + "/shape", Tensor.int64("shape", dims, dims.length));
          graph.replace(node, node.toBuilder().setInput(1, name).build());
          found++;
        }
      }
    }
    return found;
  }

  private static Optional<long[]> target(WorkingGraph graph, NodeProto reshape) {
    Optional<NodeProto> concat = Nodes.producer(graph, reshape.getInput(1), "Concat");
    if (concat.isEmpty()) {
      return Optional.empty();
    }
    List<Long> target = new ArrayList<>();
    for (String part : concat.get().getInputList()) {
      Optional<Tensor> constant = graph.constant(part);
      if (constant.isPresent()) {
        Arrays.stream(constant.get().longs()).forEach(target::add);
      } else if (isOwnLength(graph, reshape.getInput(0), part, target.size())) {
        target.add(SAME);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(target.stream().mapToLong(Long::longValue).toArray());
  }

  private static boolean isOwnLength(WorkingGraph graph, String data, String part, int place) {
    return ShapeAxis.inVector(graph, part)
        .filter(asked -> isLengthOf(graph, asked, data, place))
        .isPresent();
  }

  private static boolean isLengthOf(WorkingGraph graph, ShapeAxis asked, String data, int place) {
    Optional<List<Dimension>> dims = graph.type(asked.value()).flatMap(ValueType::shape);
    int axis = asked.axis() + (asked.axis() < 0 ? dims.map(List::size).orElse(0) : 0);
    if (asked.value().equals(data)) {
      return axis == place;
    }
    // Another value has the same length where its axis has the same name.
    Optional<List<Dimension>> own = graph.type(data).flatMap(ValueType::shape);
    return dims.isPresent()
        && own.isPresent()
        && axis >= 0
        && axis < dims.get().size()
        && place < own.get().size()
        && own.get().get(place) instanceof Dimension.Symbolic name
        && !name.name().equals("?")
        && dims.get().get(axis).equals(name);
  }
}
