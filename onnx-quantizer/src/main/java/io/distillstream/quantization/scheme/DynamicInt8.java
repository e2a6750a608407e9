package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.model.ColumnQuantization;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.scheme.Layer.Use;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rewrites an fp32 ONNX graph so that its constant matrices take 8 bits per weight.
 *
 * <ul>
 *   <li>MatMul and Gemm with a constant matrix: activations are quantized as they come
 *       (DynamicQuantizeLinear, once for all products of the same activations), multiplied as
 *       integers, and scaled back per output column.
 *   <li>Gather on a constant table: the rows are looked up in 8 bits and scaled per column.
 * </ul>
 *
 * <p>Everything else stays as it is; bodies of control flow are not entered. One instance serves
 * one model and keeps its quantized weights, so that trying other exclusions is cheap. Not
 * thread-safe.
 */
public final class DynamicInt8 {
  /** What artifacts and manifests call this scheme. */
  public static final String SCHEME = "int8-dynamic";

  /**
   * Longest inner axis of an integer product: sums of up to 255 · 255 per element must fit 31 bits
   * before the zero points are taken off.
   */
  static final int MAX_INNER_LENGTH = Integer.MAX_VALUE / (255 * 255);

  /** DynamicQuantizeLinear is defined from this operator set on. */
  static final long MIN_OPSET = 11;

  private final OnnxModel model;
  private final long minSavedBytes;
  private final Constants constants;
  private final Set<Layer> layers = new LinkedHashSet<>();
  private final Map<Layer, ColumnQuantization> quantized = new HashMap<>();

  /**
   * Finds what can be quantized.
   *
   * @throws InvalidModelException if the model's operator set is older than 11
   */
  public DynamicInt8(OnnxModel model) {
    this(model, ColumnQuantization.MIN_SAVED_BYTES);
  }

  /** The same, leaving alone matrices that would save less than this. */
  DynamicInt8(OnnxModel model, long minSavedBytes) {
    if (model.opset() < MIN_OPSET) {
      throw new InvalidModelException(
          "Dynamic quantization needs operator set %d or newer, the model uses %d"
              .formatted(MIN_OPSET, model.opset()));
    }
    this.model = model;
    this.minSavedBytes = minSavedBytes;
    this.constants = new Constants(model);
    model.nodes().forEach(node -> layerOf(node).ifPresent(layers::add));
  }

  /** What can be quantized, in the order in which the graph uses it. */
  public List<Layer> layers() {
    return List.copyOf(layers);
  }

  /**
   * The model with its matrices in 8 bits. Metadata, inputs and outputs stay the same.
   *
   * @param excluded names of constants or nodes that stay fp32
   * @throws InvalidModelException if a weight is not finite
   */
  public OnnxModel quantize(Set<String> excluded) {
    Int8Rewrite rewrite = new Int8Rewrite(model);
    for (NodeProto node : model.nodes()) {
      Optional<Layer> layer =
          layerOf(node)
              .filter(found -> !excluded.contains(found.name()))
              .filter(found -> node.getName().isEmpty() || !excluded.contains(node.getName()));
      if (layer.isPresent()) {
        rewrite.replace(node, layer.get(), weights(layer.get()));
      } else {
        rewrite.keep(node);
      }
    }
    return rewrite.build();
  }

  private Optional<Layer> layerOf(NodeProto node) {
    if (!node.getDomain().isEmpty()) {
      return Optional.empty();
    }
    return switch (node.getOpType()) {
      case "MatMul" -> product(node, Use.PRODUCT);
      case "Gemm" ->
          scalesOnlyItsProduct(node)
              ? product(
                  node,
                  Attribute.integerOf(node, "transB", 0) == 0
                      ? Use.PRODUCT
                      : Use.TRANSPOSED_PRODUCT)
              : Optional.empty();
      case "Gather" ->
          Attribute.integerOf(node, "axis", 0) == 0
              ? layer(node.getInput(0), Use.TABLE)
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Layer> product(NodeProto node, Use use) {
    return layer(node.getInput(1), use)
        .filter(found -> found.rows() <= MAX_INNER_LENGTH)
        .filter(found -> constants.matrix(node.getInput(0)).isEmpty());
  }

  private Optional<Layer> layer(String constant, Use use) {
    return constants
        .matrix(constant)
        .map(Tensor::dims)
        .map(dims -> use == Use.TRANSPOSED_PRODUCT ? List.of(dims.get(1), dims.get(0)) : dims)
        .map(dims -> List.of(Math.toIntExact(dims.get(0)), Math.toIntExact(dims.get(1))))
        .map(dims -> new Layer(constant, use, dims.get(0), dims.get(1)))
        .filter(found -> found.savedBytes() >= minSavedBytes);
  }

  /** Gemm is alpha · A · B + beta · C; alpha goes into the scales, the rest must be plain. */
  private static boolean scalesOnlyItsProduct(NodeProto gemm) {
    return Attribute.integerOf(gemm, "transA", 0) == 0
        && (gemm.getInputCount() < 3 || Attribute.decimalOf(gemm, "beta", 1) == 1);
  }

  private ColumnQuantization weights(Layer layer) {
    return quantized.computeIfAbsent(
        layer,
        found -> {
          Tensor matrix = constants.matrix(found.name()).orElseThrow();
          if (found.use() == Use.TRANSPOSED_PRODUCT) {
            matrix = Constants.transposed(matrix);
          }
          try {
            return ColumnQuantization.of(matrix.floats(), found.rows(), found.columns());
          } catch (IllegalArgumentException e) {
            throw new InvalidModelException(
                "%s cannot be quantized: %s".formatted(found.name(), e.getMessage()), e);
          }
        });
  }
}
