package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code y = scale · x + shift} with one pair of constants per channel, as a BatchNormalization at
 * inference, or a Mul, Div, Add or Sub with a constant computes it.
 */
final class ChannelAffine {
  private final String input;
  private final double[] scale;
  private final double[] shift;

  private ChannelAffine(String input, double[] scale, double[] shift) {
    this.input = input;
    this.scale = scale;
    this.shift = shift;
  }

  /** The value x. */
  String input() {
    return input;
  }

  /** One number per channel. */
  double[] scale() {
    return scale;
  }

  /** One number per channel. */
  double[] shift() {
    return shift;
  }

  /**
   * A BatchNormalization: {@code scale = γ / √(variance + ε)}, {@code shift = β − scale · mean}.
   * Ioffe and Szegedy 2015, Batch Normalization, algorithm 2.
   */
  static Optional<ChannelAffine> ofBatchNormalization(WorkingGraph graph, NodeProto node) {
    if (!Nodes.is(node, "BatchNormalization")
        || Attribute.integerOf(node, "training_mode", 0) != 0
        || Attribute.integerOf(node, "spatial", 1) != 1
        || node.getOutputList().stream().skip(1).anyMatch(output -> !output.isEmpty())) {
      return Optional.empty();
    }
    List<Optional<Tensor>> parameters =
        node.getInputList().stream().skip(1).map(graph::constant).toList();
    boolean usable =
        parameters.size() == 4
            && parameters.stream().allMatch(ChannelAffine::isFloat32)
            && parameters.stream().map(found -> found.orElseThrow().elements()).distinct().count()
                == 1;
    if (!usable) {
      return Optional.empty();
    }
    float[] gamma = parameters.get(0).orElseThrow().floats();
    float[] beta = parameters.get(1).orElseThrow().floats();
    float[] mean = parameters.get(2).orElseThrow().floats();
    float[] variance = parameters.get(3).orElseThrow().floats();
    double epsilon = Attribute.decimalOf(node, "epsilon", 1e-5f);
    double[] scale = new double[gamma.length];
    double[] shift = new double[gamma.length];
    for (int c = 0; c < scale.length; c++) {
      scale[c] = gamma[c] / Math.sqrt(variance[c] + epsilon);
      shift[c] = beta[c] - scale[c] * mean[c];
    }
    return Optional.of(new ChannelAffine(node.getInput(0), scale, shift));
  }

  /**
   * A Mul, Div, Add or Sub of a computed value and a constant that is the same everywhere in a
   * channel.
   *
   * @param layer whose result is one of the operands
   */
  static Optional<ChannelAffine> ofArithmetic(
      WorkingGraph graph, NodeProto node, LinearLayer layer) {
    int operand = node.getInput(0).equals(layer.output()) ? 0 : 1;
    Optional<double[]> found =
        graph
            .constant(node.getInput(1 - operand))
            .filter(tensor -> tensor.type() == ElementType.FLOAT32)
            .flatMap(tensor -> perChannel(tensor, layer));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    double[] constant = found.get();
    double[] ones = filled(constant.length, 1);
    double[] zeros = new double[constant.length];
    Optional<double[][]> parts =
        switch (node.getOpType()) {
          case "Mul" -> Optional.of(new double[][] {constant, zeros});
          case "Div" ->
              operand == 0
                  ? Optional.of(new double[][] {each(constant, c -> 1 / c), zeros})
                  : Optional.empty();
          case "Add" -> Optional.of(new double[][] {ones, constant});
          case "Sub" ->
              operand == 0
                  ? Optional.of(new double[][] {ones, each(constant, c -> -c)})
                  : Optional.of(new double[][] {filled(constant.length, -1), constant});
          default -> Optional.empty();
        };
    return parts.map(pair -> new ChannelAffine(layer.output(), pair[0], pair[1]));
  }

  /** The constant for each channel, if broadcasting spreads it over nothing but channels. */
  private static Optional<double[]> perChannel(Tensor constant, LinearLayer layer) {
    List<Long> dims = constant.dims();
    if (dims.size() > layer.rank()) {
      return Optional.empty();
    }
    int channelAxis = layer.channelAxis() - (layer.rank() - dims.size());
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) != 1 && (i != channelAxis || dims.get(i) != layer.channels())) {
        return Optional.empty();
      }
    }
    float[] values = constant.floats();
    double[] all = new double[layer.channels()];
    for (int c = 0; c < all.length; c++) {
      all[c] = values[values.length == 1 ? 0 : c];
    }
    return Optional.of(all);
  }

  boolean isFinite() {
    return Arrays.stream(scale).allMatch(Double::isFinite)
        && Arrays.stream(shift).allMatch(Double::isFinite);
  }

  private static boolean isFloat32(Optional<Tensor> tensor) {
    return tensor.filter(found -> found.type() == ElementType.FLOAT32).isPresent();
  }

  private static double[] filled(int length, double value) {
    double[] all = new double[length];
    Arrays.fill(all, value);
    return all;
  }

  private static double[] each(double[] values, DoubleUnaryOperator function) {
    return Arrays.stream(values).map(function).toArray();
  }
}
