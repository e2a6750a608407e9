package io.distillstream.quantization.layer;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The constant fp32 tensors of a graph, also those that exporters hide behind a Constant, an
 * Identity or a Transpose.
 */
public final class Constants {
  private final OnnxModel model;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, Optional<Tensor>> transposed = new HashMap<>();

  public Constants(OnnxModel model) {
    this.model = model;
    for (NodeProto node : model.nodes()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
  }

  /** The matrix that this value always is, if it is one. */
  Optional<Tensor> matrix(String value) {
    return tensor(value, 2);
  }

  /** The tensor with so many axes that this value always is, if it is one. */
  public Optional<Tensor> tensor(String value, int rank) {
    return tensor(value).filter(tensor -> tensor.dims().size() == rank);
  }

  /** The tensor that this value always is, if it is one with values. */
  public Optional<Tensor> tensor(String value) {
    return find(value)
        .filter(tensor -> tensor.type() == ElementType.FLOAT32)
        .filter(tensor -> tensor.elements() > 0);
  }

  private Optional<Tensor> find(String value) {
    Optional<Tensor> initializer = model.initializer(value);
    if (initializer.isPresent()) {
      return initializer;
    }
    NodeProto producer = producers.get(value);
    if (producer == null || !producer.getDomain().isEmpty()) {
      return Optional.empty();
    }
    return switch (producer.getOpType()) {
      case "Constant" -> Attribute.tensorOf(producer, "value");
      case "Identity" -> find(producer.getInput(0));
      // Without a permutation the axes are reversed, and two axes have no other real permutation.
      case "Transpose" ->
          swaps(producer)
              ? transposed.computeIfAbsent(
                  value, v -> matrix(producer.getInput(0)).map(Constants::transposed))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static boolean swaps(NodeProto transpose) {
    List<Long> permutation = Attribute.integersOf(transpose, "perm");
    return permutation.isEmpty() || permutation.equals(List.of(1L, 0L));
  }

  private static Tensor transposed(Tensor matrix) {
    int rows = Math.toIntExact(matrix.dims().get(0));
    int columns = Math.toIntExact(matrix.dims().get(1));
    return Tensor.float32(matrix.name(), transposed(matrix.floats(), rows, columns), columns, rows);
  }

  /** The matrix of a product or a table as it is used, {@code [rows, columns]}. */
  public float[] matrix(Layer layer) {
    return layer.asUsed(tensor(layer.name()).orElseThrow().floats());
  }

  /** The transpose of {@code [rows, columns]}. */
  public static float[] transposed(float[] from, int rows, int columns) {
    float[] to = new float[from.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        to[c * rows + r] = from[r * columns + c];
      }
    }
    return to;
  }
}
