package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Conv, ConvTranspose, Gemm or two-dimensional MatMul with constant fp32 weights, seen as what
 * they have in common: each output channel is a product with its own weights, plus its own bias.
 */
final class LinearLayer {
  private final NodeProto node;
  private final Tensor weights;
  private final double[] bias;
  private final int channels;

  private LinearLayer(NodeProto node, Tensor weights, double[] bias, int channels) {
    this.node = node;
    this.weights = weights;
    this.bias = bias;
    this.channels = channels;
  }

  /** Number of output channels. */
  int channels() {
    return channels;
  }

  /** The layer that a node is; empty if it is none, or if its weights serve other nodes too. */
  static Optional<LinearLayer> of(WorkingGraph graph, NodeProto node) {
    if (!isLinear(graph, node) || node.getInputCount() < 2) {
      return Optional.empty();
    }
    Optional<Tensor> weights =
        graph
            .constant(node.getInput(1))
            .filter(tensor -> tensor.type() == ElementType.FLOAT32)
            .filter(tensor -> tensor.dims().size() >= 2)
            .filter(tensor -> graph.isUsedExactly(tensor.name(), 1));
    return weights.flatMap(
        tensor -> {
          int channels = channels(node, tensor.dims());
          return bias(graph, node, channels)
              .map(bias -> new LinearLayer(node, tensor, bias, channels));
        });
  }

  private static boolean isLinear(WorkingGraph graph, NodeProto node) {
    if (!Nodes.isDefaultDomain(node)) {
      return false;
    }
    return switch (node.getOpType()) {
      case "Conv", "ConvTranspose", "Gemm" -> true;
      // Between matrices a MatMul is a Gemm; with more axes the channels come last.
      case "MatMul" ->
          graph.type(node.getInput(0)).filter(type -> type.rank().orElse(0) == 2).isPresent();
      default -> false;
    };
  }

  private static int channels(NodeProto node, List<Long> dims) {
    long channels =
        switch (node.getOpType()) {
          case "Conv" -> dims.get(0);
          case "ConvTranspose" -> dims.get(1) * Attribute.integerOf(node, "group", 1);
          case "Gemm" -> dims.get(Attribute.integerOf(node, "transB", 0) == 0 ? 1 : 0);
          default -> dims.get(1);
        };
    return Math.toIntExact(channels);
  }

  /** Only a bias that is the same for all rows can be folded into. */
  private static Optional<double[]> bias(WorkingGraph graph, NodeProto node, int channels) {
    double[] bias = new double[channels];
    Optional<String> input = Nodes.input(node, 2);
    if (input.isEmpty()) {
      return Optional.of(bias);
    }
    Optional<Tensor> constant =
        graph
            .constant(input.get())
            .filter(tensor -> tensor.type() == ElementType.FLOAT32)
            .filter(tensor -> isPerChannel(tensor.dims(), channels));
    if (constant.isEmpty()) {
      return Optional.empty();
    }
    float[] values = constant.get().floats();
    double beta = node.getOpType().equals("Gemm") ? Attribute.decimalOf(node, "beta", 1) : 1;
    for (int c = 0; c < channels; c++) {
      bias[c] = beta * values[values.length == 1 ? 0 : c];
    }
    return Optional.of(bias);
  }

  private static boolean isPerChannel(List<Long> dims, int channels) {
    for (int i = 0; i < dims.size(); i++) {
      boolean last = i == dims.size() - 1;
      if (dims.get(i) != 1 && !(last && dims.get(i) == channels)) {
        return false;
      }
    }
    return dims.size() <= 2;
  }

  String output() {
    return node.getOutput(0);
  }

  /** Number of axes of the output. */
  int rank() {
    return isConvolution() ? weights.dims().size() : 2;
  }

  /** In every layout the second axis of the output. */
  int channelAxis() {
    return 1;
  }

  /**
   * The layer that answers what {@code affine} makes of this one's output, under the name of the
   * output of the node that did so.
   */
  void foldInto(WorkingGraph graph, ChannelAffine affine, NodeProto replaced) {
    float[] scaled = weights.floats();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scaled[i] * affine.scale()[channelOf(i)]);
    }
    float[] shifted = new float[channels];
    for (int c = 0; c < channels; c++) {
      shifted[c] = (float) (bias[c] * affine.scale()[c] + affine.shift()[c]);
    }
    long[] dims = weights.dims().stream().mapToLong(Long::longValue).toArray();
    List<String> inputs = new ArrayList<>(List.of(node.getInput(0)));
    inputs.add(graph.addConstant(weights.name(), Tensor.float32("weights", scaled, dims)));
    inputs.add(
        graph.addConstant(
            Nodes.input(node, 2).orElse(replaced.getOutput(0) + "/bias"),
            Tensor.float32("bias", shifted, channels)));
    NodeProto.Builder folded =
        Nodes.node(isConvolution() ? node.getOpType() : "Gemm", inputs, replaced).toBuilder();
    node.getAttributeList().stream()
        .filter(attribute -> !attribute.getName().equals("beta"))
        .forEach(folded::addAttribute);
    graph.replace(replaced, folded.build());
    graph.remove(node);
  }

  private boolean isConvolution() {
    return node.getOpType().startsWith("Conv");
  }

  /** Which output channel the weight at this place of the flattened tensor serves. */
  private int channelOf(int index) {
    List<Long> dims = weights.dims();
    long inner = dims.stream().skip(2).reduce(1L, (a, b) -> a * b);
    long row = index / (inner * dims.get(1));
    long column = index / inner % dims.get(1);
    return switch (node.getOpType()) {
      case "Conv" -> (int) row;
      case "ConvTranspose" -> {
        long inputsPerGroup = dims.get(0) / Attribute.integerOf(node, "group", 1);
        yield (int) (row / inputsPerGroup * dims.get(1) + column);
      }
      case "Gemm" -> (int) (Attribute.integerOf(node, "transB", 0) == 0 ? column : row);
      default -> (int) column;
    };
  }
}
