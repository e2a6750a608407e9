package io.distillstream.quantization.optimize.attention;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A product of dynamically quantized activations with a constant matrix in 8 bits, and its bias:
 *
 * <pre>Cast(MatMulInteger(x, w, x zero point, w zero point)) · (x scale · scales) + bias</pre>
 *
 * @param product the MatMulInteger
 * @param activationScale of x
 * @param matrix w, {@code [rows, columns]}
 * @param scales of w, one for each column, or one for all
 * @param bias one for each column, or one for all, or none
 */
record IntegerProjection(
    NodeProto product,
    String activationScale,
    Tensor matrix,
    Tensor scales,
    Optional<Tensor> bias) {

  static Optional<IntegerProjection> of(WorkingGraph graph, String value, Set<NodeProto> parts) {
    Optional<NodeProto> sum = Nodes.producer(graph, value, "Add");
    for (int i = 0; i < 2 && sum.isPresent(); i++) {
      Optional<Tensor> bias = graph.constant(sum.get().getInput(1 - i));
      Optional<IntegerProjection> found =
          bias.isEmpty()
              ? Optional.empty()
              : unbiased(graph, sum.get().getInput(i), parts).flatMap(p -> p.with(bias.get()));
      if (found.isPresent()) {
        parts.add(sum.get());
        return found;
      }
    }
    return unbiased(graph, value, parts);
  }

  private static Optional<IntegerProjection> unbiased(
      WorkingGraph graph, String value, Set<NodeProto> parts) {
    Optional<NodeProto> scaled = Nodes.producer(graph, value, "Mul");
    Optional<NodeProto> cast =
        scaled.flatMap(node -> Nodes.producer(graph, node.getInput(0), "Cast"));
    Optional<NodeProto> product =
        cast.flatMap(node -> Nodes.producer(graph, node.getInput(0), "MatMulInteger"))
            .filter(node -> node.getInputCount() == 4);
    Optional<NodeProto> factors =
        scaled.flatMap(node -> Nodes.producer(graph, node.getInput(1), "Mul"));
    Optional<Tensor> matrix = product.flatMap(node -> graph.constant(node.getInput(1)));
    Optional<Tensor> scales = factors.flatMap(node -> graph.constant(node.getInput(1)));
    if (product.isEmpty()
        || matrix.isEmpty()
        || scales.isEmpty()
        || matrix.get().dims().size() != 2) {
      return Optional.empty();
    }
    IntegerProjection found =
        new IntegerProjection(
            product.get(),
            factors.orElseThrow().getInput(0),
            matrix.get(),
            scales.get(),
            Optional.empty());
    if (!found.isPerColumn(scales.get()) || !found.isDynamic(graph)) {
      return Optional.empty();
    }
    parts.addAll(
        List.of(
            scaled.orElseThrow(),
            cast.orElseThrow(),
            product.orElseThrow(),
            factors.orElseThrow()));
    return Optional.of(found);
  }

  private Optional<IntegerProjection> with(Tensor tensor) {
    return isPerColumn(tensor)
        ? Optional.of(
            new IntegerProjection(product, activationScale, matrix, scales, Optional.of(tensor)))
        : Optional.empty();
  }

  /**
   * Whether activations, scale and zero point are what one DynamicQuantizeLinear gives, and the
   * weights have one zero point.
   */
  private boolean isDynamic(WorkingGraph graph) {
    List<String> quantized = List.of(activations(), activationScale, activationZeroPoint());
    return Nodes.producer(graph, activations(), "DynamicQuantizeLinear")
            .filter(node -> node.getOutputList().equals(quantized))
            .isPresent()
        && graph.constant(weightZeroPoint()).filter(zero -> zero.elements() == 1).isPresent();
  }

  private boolean isPerColumn(Tensor tensor) {
    return tensor.type() == ElementType.FLOAT32
        && tensor.dims().size() <= 1
        && (tensor.elements() == 1 || tensor.elements() == columns());
  }

  /** Scale of each column. */
  float[] columnScales() {
    return perColumn(scales.floats());
  }

  /** What is added to each column. */
  float[] columnBias() {
    return perColumn(bias.map(Tensor::floats).orElseGet(() -> new float[1]));
  }

  private float[] perColumn(float[] values) {
    float[] all = new float[columns()];
    for (int c = 0; c < all.length; c++) {
      all[c] = values[values.length == 1 ? 0 : c];
    }
    return all;
  }

  int columns() {
    return Math.toIntExact(matrix.dims().get(1));
  }

  String activations() {
    return product.getInput(0);
  }

  String activationZeroPoint() {
    return product.getInput(2);
  }

  String weightZeroPoint() {
    return product.getInput(3);
  }

  /** Whether both are products of the same activations, with matrices of the same form. */
  boolean joins(IntegerProjection other) {
    return activations().equals(other.activations())
        && weightZeroPoint().equals(other.weightZeroPoint())
        && matrix.type() == other.matrix.type()
        && matrix.dims().equals(other.matrix.dims());
  }

  /** Their matrices side by side, {@code [rows, all columns]}. */
  static Tensor weights(List<IntegerProjection> projections) {
    Tensor first = projections.get(0).matrix();
    int rows = Math.toIntExact(first.dims().get(0));
    int columns = projections.get(0).columns();
    int all = columns * projections.size();
    byte[] bytes = new byte[rows * all];
    for (int p = 0; p < projections.size(); p++) {
      long[] part = projections.get(p).matrix().longs();
      for (int i = 0; i < part.length; i++) {
        bytes[i / columns * all + p * columns + i % columns] = (byte) part[i];
      }
    }
    return first.type() == ElementType.INT8
        ? Tensor.int8("joined", bytes, rows, all)
        : Tensor.uint8("joined", bytes, rows, all);
  }
}
