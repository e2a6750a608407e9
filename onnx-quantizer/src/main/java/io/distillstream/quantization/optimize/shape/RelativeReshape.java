package io.distillstream.quantization.optimize.shape;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.ValueType;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import io.distillstream.quantization.optimize.shape.ShapeTerms.Axis;
import io.distillstream.quantization.optimize.shape.ShapeTerms.Known;
import io.distillstream.quantization.optimize.shape.ShapeTerms.Term;
import java.util.List;
import java.util.Optional;

/**
 * Gives a Reshape a constant target where exporters compute one from the shape of its own input:
 *
 * <pre>Reshape(x, Concat(Shape(x)[0], Shape(x)[1], 12, 32)) = Reshape(x, [0, 0, 12, 32])</pre>
 *
 * A 0 stands for the input's own length at the same place.
 */
public final class RelativeReshape implements GraphPass {
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
      boolean relative =
          Nodes.is(node, "Reshape")
              && Attribute.integerOf(node, "allowzero", 0) == 0
              && graph.constant(node.getInput(1)).isEmpty();
      Optional<long[]> target = relative ? target(graph, node) : Optional.empty();
      if (target.isPresent()) {
        long[] dims = target.get();
        String name =
            graph.addConstant(
                node.getOutput(0) + "/shape", Tensor.int64("shape", dims, dims.length));
        graph.replace(node, node.toBuilder().setInput(1, name).build());
        found++;
      }
    }
    return found;
  }

  private static Optional<long[]> target(WorkingGraph graph, NodeProto reshape) {
    Optional<List<Term>> terms = new ShapeTerms(graph).of(reshape.getInput(1));
    if (terms.isEmpty()) {
      return Optional.empty();
    }
    long[] target = new long[terms.get().size()];
    for (int place = 0; place < target.length; place++) {
      Term term = terms.get().get(place);
      if (term instanceof Known known) {
        target[place] = known.number();
      } else if (term instanceof Axis axis && isLengthOf(graph, axis, reshape.getInput(0), place)) {
        target[place] = SAME;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(target);
  }

  private static boolean isLengthOf(WorkingGraph graph, Axis axis, String data, int place) {
    if (axis.value().equals(data)) {
      return axis.axis() == place;
    }
    // Another value has the same length where its axis has the same name.
    Optional<Dimension> asked = dimension(graph, axis.value(), axis.axis());
    return asked.isPresent()
        && !asked.get().equals(Dimension.of(Dimension.UNNAMED))
        && asked.equals(dimension(graph, data, place));
  }

  private static Optional<Dimension> dimension(WorkingGraph graph, String value, int axis) {
    return graph
        .type(value)
        .flatMap(ValueType::shape)
        .filter(dims -> axis < dims.size())
        .map(dims -> dims.get(axis));
  }
}
