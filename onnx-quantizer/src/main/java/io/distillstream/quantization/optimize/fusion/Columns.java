package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A constant with one number per column, a column being a place on the last axis, as one operand of
 * a node.
 *
 * @param constant as the graph has it
 * @param other the other operand; empty if there is none
 * @param columns their number
 */
record Columns(Tensor constant, String other, int columns) {

  /** The constant operand of a node of this operator, if broadcasting spreads it over rows only. */
  static Optional<Columns> operandOf(WorkingGraph graph, NodeProto node, String op, int columns) {
    if (!Nodes.is(node, op)) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      String other = node.getInput(1 - i);
      Optional<Tensor> constant =
          graph.constant(node.getInput(i)).filter(t -> isPerColumn(graph, t, other, columns));
      if (constant.isPresent()) {
        return Optional.of(new Columns(constant.get(), other, columns));
      }
    }
    return Optional.empty();
  }

  static Columns ones(int columns) {
    float[] ones = new float[columns];
    Arrays.fill(ones, 1);
    return new Columns(Tensor.float32("", ones, columns), "", columns);
  }

  private static boolean isPerColumn(
      WorkingGraph graph, Tensor constant, String other, int columns) {
    List<Long> dims = constant.dims();
    int rank = graph.type(other).map(type -> type.rank().orElse(0)).orElse(0);
    return constant.type() == ElementType.FLOAT32
        && dims.size() <= rank
        && (constant.elements() == 1
            || (constant.elements() == columns && dims.get(dims.size() - 1) == columns));
  }

  /** Name of a constant [columns] with the same numbers; a new one only if the shape differs. */
  String vector(WorkingGraph graph, String hint) {
    if (constant.dims().equals(List.of((long) columns)) && !constant.name().isEmpty()) {
      return constant.name();
    }
    float[] values = constant.floats();
    float[] vector = new float[columns];
    for (int c = 0; c < columns; c++) {
      vector[c] = values[values.length == 1 ? 0 : c];
    }
    return graph.addConstant(hint, Tensor.float32("columns", vector, columns));
  }
}
