package io.distillstream.quantization.optimize.attention;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A value {@code [batch, length, count · size]} that is split into heads: reshaped to {@code
 * [batch, length, count, size]} and transposed to {@code [batch, count, length, size]}, or for keys
 * to {@code [batch, count, size, length]}.
 *
 * @param source the value that is split
 * @param count of heads; -1 where that is what their size leaves
 * @param size of a head; -1 where that is what the count leaves
 * @param factor that the value is multiplied by on the way
 */
record AttentionHeads(String source, int count, int size, double factor) {
  private static final List<Long> HEADS_FIRST = List.of(0L, 2L, 1L, 3L);
  private static final List<Long> HEADS_FIRST_TRANSPOSED = List.of(0L, 2L, 3L, 1L);
  private static final List<Long> LAST_TWO_SWAPPED = List.of(0L, 1L, 3L, 2L);

  /** In a target shape: the length that the input has at this place, or what is left. */
  private static final long SAME = 0;

  private static final long REST = -1;

  /** The value that a split one came from. */
  static Optional<AttentionHeads> split(WorkingGraph graph, String value, Set<NodeProto> parts) {
    return split(graph, value, HEADS_FIRST, parts);
  }

  /** The same with the last two axes swapped, as the second factor of a product needs them. */
  static Optional<AttentionHeads> splitAndTransposed(
      WorkingGraph graph, String value, Set<NodeProto> parts) {
    ScaledValue scaled = ScaledValue.of(graph, value, parts);
    Optional<NodeProto> swap = transpose(graph, scaled.value(), LAST_TWO_SWAPPED);
    if (swap.isEmpty()) {
      return split(graph, value, HEADS_FIRST_TRANSPOSED, parts);
    }
    parts.add(swap.get());
    return split(graph, swap.get().getInput(0), parts).map(heads -> heads.times(scaled.factor()));
  }

  private static Optional<AttentionHeads> split(
      WorkingGraph graph, String value, List<Long> order, Set<NodeProto> parts) {
    ScaledValue outer = ScaledValue.of(graph, value, parts);
    Optional<NodeProto> transpose = transpose(graph, outer.value(), order);
    Optional<NodeProto> reshape =
        transpose.flatMap(node -> Nodes.producer(graph, node.getInput(0), "Reshape"));
    Optional<List<Long>> shape = reshape.flatMap(node -> target(graph, node));
    if (shape.isEmpty() || !isSplit(shape.get())) {
      return Optional.empty();
    }
    parts.add(transpose.orElseThrow());
    parts.add(reshape.orElseThrow());
    ScaledValue inner = ScaledValue.of(graph, reshape.get().getInput(0), parts);
    return Optional.of(
        new AttentionHeads(
            inner.value(),
            Math.toIntExact(shape.get().get(2)),
            Math.toIntExact(shape.get().get(3)),
            outer.factor() * inner.factor()));
  }

  /** The heads' node that is merged again to {@code [batch, length, count · size]} by the last. */
  static Optional<NodeProto> merged(WorkingGraph graph, NodeProto last, Set<NodeProto> parts) {
    if (!Nodes.is(last, "Reshape")) {
      return Optional.empty();
    }
    Optional<NodeProto> transpose = transpose(graph, last.getInput(0), HEADS_FIRST);
    transpose.ifPresent(parts::add);
    return transpose.flatMap(node -> graph.producer(node.getInput(0)));
  }

  private static Optional<NodeProto> transpose(WorkingGraph graph, String value, List<Long> order) {
    return Nodes.producer(graph, value, "Transpose")
        .filter(node -> Attribute.integersOf(node, "perm").equals(order));
  }

  private static Optional<List<Long>> target(WorkingGraph graph, NodeProto reshape) {
    return graph
        .constant(reshape.getInput(1))
        .filter(shape -> Attribute.integerOf(reshape, "allowzero", 0) == 0)
        .map(Tensor::longs)
        .map(lengths -> Arrays.stream(lengths).boxed().toList());
  }

  private static boolean isSplit(List<Long> shape) {
    return shape.size() == 4
        && shape.get(0) == SAME
        && shape.get(1) == SAME
        && (shape.get(2) > 0 || shape.get(2) == REST)
        && (shape.get(3) > 0 || (shape.get(3) == REST && shape.get(2) > 0));
  }

  private AttentionHeads times(double other) {
    return new AttentionHeads(source, count, size, factor * other);
  }

  /**
   * How many heads there are if so many columns are split.
   *
   * @return nothing if they cannot be
   */
  OptionalInt of(int columns) {
    int heads = count == REST ? columns / size : count;
    int width = size == REST ? columns / count : size;
    return heads * width == columns ? OptionalInt.of(heads) : OptionalInt.empty();
  }

  /** Whether a Reshape merges the heads of so many columns, and does nothing else. */
  static boolean merges(WorkingGraph graph, NodeProto merge, int columns) {
    return target(graph, merge)
        .filter(shape -> shape.size() == 3 && shape.get(0) == SAME)
        .filter(
            shape ->
                shape.get(2) == columns
                    ? shape.get(1) == SAME || shape.get(1) == REST
                    : shape.get(1) == SAME && shape.get(2) == REST)
        .isPresent();
  }
}
