package io.distillstream.quantization.layer;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Layer.Use;
import java.util.List;
import java.util.Optional;

/** Finds the nodes that use a constant in a way that some scheme knows to hold in fewer bits. */
final class SiteFinder {
  private final Constants constants;

  SiteFinder(Constants constants) {
    this.constants = constants;
  }

  /** The node as a site, if it is one. */
  Optional<Site> of(NodeProto node) {
    if (!node.getDomain().isEmpty()) {
      return Optional.empty();
    }
    return layerOf(node).map(layer -> new Site(node, layer));
  }

  private Optional<Layer> layerOf(NodeProto node) {
    return switch (node.getOpType()) {
      case "MatMul" -> product(node, Use.PRODUCT);
      case "Gemm" -> scalesOnlyItsProduct(node) ? product(node, gemmUse(node)) : Optional.empty();
      case "Gather" -> table(node);
      case "Conv" -> convolution(node);
      case "LSTM", "GRU", "RNN" -> recurrence(node);
      default -> Optional.empty();
    };
  }

  private Optional<Layer> product(NodeProto node, Use use) {
    return constants
        .matrix(node.getInput(1))
        .filter(found -> constants.tensor(node.getInput(0)).isEmpty())
        .map(SiteFinder::lengths)
        .map(
            dims ->
                use == Use.PRODUCT
                    ? new Layer(node.getInput(1), use, dims[0], dims[1])
                    : new Layer(node.getInput(1), use, dims[1], dims[0]));
  }

  private static Use gemmUse(NodeProto gemm) {
    return Attribute.integerOf(gemm, "transB", 0) == 0 ? Use.PRODUCT : Use.TRANSPOSED_PRODUCT;
  }

  /** Gemm is alpha · A · B + beta · C; alpha goes into the scales, the rest must be plain. */
  private static boolean scalesOnlyItsProduct(NodeProto gemm) {
    return Attribute.integerOf(gemm, "transA", 0) == 0
        && (gemm.getInputCount() < 3 || Attribute.decimalOf(gemm, "beta", 1) == 1);
  }

  private Optional<Layer> table(NodeProto gather) {
    return Optional.of(gather)
        .filter(node -> Attribute.integerOf(node, "axis", 0) == 0)
        .flatMap(node -> constants.matrix(node.getInput(0)))
        .map(SiteFinder::lengths)
        .map(dims -> new Layer(gather.getInput(0), Use.TABLE, dims[0], dims[1]));
  }

  private Optional<Layer> convolution(NodeProto conv) {
    return constants
        .tensor(conv.getInput(1))
        .filter(kernel -> kernel.dims().size() >= 3)
        .map(
            kernel -> {
              int filters = Math.toIntExact(kernel.dims().get(0));
              return new Layer(
                  conv.getInput(1), Use.CONVOLUTION, kernel.elements() / filters, filters);
            });
  }

  /** Inputs {@code [directions, gates, inputs]} and states {@code [directions, gates, states]}. */
  private Optional<Layer> recurrence(NodeProto node) {
    Optional<Tensor> inputs = constants.tensor(node.getInput(1), 3);
    Optional<Tensor> states = constants.tensor(node.getInput(2), 3);
    if (inputs.isEmpty() || states.isEmpty()) {
      return Optional.empty();
    }
    int[] w = lengths(inputs.get());
    int[] r = lengths(states.get());
    return Optional.of(
        new Layer(
            List.of(node.getInput(1), node.getInput(2)), Use.RECURRENCE, w[2] + r[2], w[0] * w[1]));
  }

  private static int[] lengths(Tensor tensor) {
    List<Long> dims = tensor.dims();
    return dims.stream().mapToInt(Math::toIntExact).toArray();
  }
}
