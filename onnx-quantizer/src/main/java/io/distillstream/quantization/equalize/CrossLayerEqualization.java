package io.distillstream.quantization.equalize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Consumers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives the channels between two layers ranges of weights that are alike on both sides, so that one
 * scale for a whole constant loses less (Nagel et al. 2019, "Data-Free Quantization through Weight
 * Equalization and Bias Correction", section 4.1).
 *
 * <p>Where a Conv or Gemm is followed by another one, with nothing between but Relu and the like,
 * for which f(s·x) = s·f(x) if s is positive, channel i of the first can be divided by s_i and
 * input i of the second multiplied by it: s_i = √(r1_i · r2_i) / r2_i, where r1_i and r2_i are the
 * largest magnitudes of their weights. The model's answers stay the same but for fp32 rounding.
 * Activations change, so calibration comes after.
 */
public final class CrossLayerEqualization {
  /** Rounds over all pairs; a layer in two pairs settles after a few. */
  private static final int ROUNDS = 10;

  private static final Set<String> HOMOGENEOUS =
      Set.of(
          "Relu",
          "LeakyRelu",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "Identity",
          "Flatten");

  private final OnnxModel model;
  private final Consumers consumers;
  private final Map<String, float[]> values = new HashMap<>();

  private CrossLayerEqualization(OnnxModel model) {
    this.model = model;
    this.consumers = new Consumers(model);
  }

  /** The equalized model; the same one if it has no such pair. */
  public static OnnxModel apply(OnnxModel model) {
    return new CrossLayerEqualization(model).equalized();
  }

  /** A layer whose weights may be scaled by channel. */
  private record Scaled(NodeProto node, String weights, String bias) {}

  private record Pair(Scaled first, Scaled second) {}

  private OnnxModel equalized() {
    List<Pair> pairs = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      scaled(node)
          .ifPresent(
              first -> behind(first).ifPresent(second -> pairs.add(new Pair(first, second))));
    }
    if (pairs.isEmpty()) {
      return model;
    }
    for (int round = 0; round < ROUNDS; round++) {
      pairs.forEach(this::equalize);
    }
    GraphBuilder graph = GraphBuilder.framedLike(model);
    for (String name : model.initializerNames()) {
      Tensor tensor = model.initializer(name).orElseThrow();
      float[] changed = values.get(name);
      graph.initializer(changed == null ? tensor : Tensor.float32(name, changed, tensor.shape()));
    }
    model.nodes().forEach(graph::node);
    return graph.build(model.metadata());
  }

  /** The node, if it is a Conv or a Gemm whose constants nobody else uses. */
  private Optional<Scaled> scaled(NodeProto node) {
    boolean known =
        node.getDomain().isEmpty()
            && (node.getOpType().equals("Conv") || node.getOpType().equals("Gemm"))
            && Attribute.integerOf(node, "transA", 0) == 0;
    if (!known || !own(node.getInput(1))) {
      return Optional.empty();
    }
    String bias = node.getInputCount() > 2 ? node.getInput(2) : "";
    boolean plainBias = bias.isEmpty() || (own(bias) && tensor(bias).elements() == outputs(node));
    return plainBias ? Optional.of(new Scaled(node, node.getInput(1), bias)) : Optional.empty();
  }

  private boolean own(String constant) {
    return consumers.only(constant).isPresent()
        && model
            .initializer(constant)
            .filter(tensor -> tensor.type() == ElementType.FLOAT32)
            .isPresent();
  }

  /** The layer that alone sees the first one's results, if channels can be told apart in it. */
  private Optional<Scaled> behind(Scaled first) {
    Optional<NodeProto> next = consumers.only(first.node().getOutput(0));
    boolean flattened = false;
    while (next.isPresent() && HOMOGENEOUS.contains(next.get().getOpType())) {
      boolean flattens = next.get().getOpType().equals("Flatten");
      if (flattens && Attribute.integerOf(next.get(), "axis", 1) != 1) {
        return Optional.empty();
      }
      flattened |= flattens;
      next = consumers.only(next.get().getOutput(0));
    }
    boolean sameAxes =
        next.isPresent()
            && (next.get().getOpType().equals("Gemm")
                == (flattened || first.node().getOpType().equals("Gemm")));
    return next.filter(node -> sameAxes)
        .flatMap(this::scaled)
        .filter(second -> inputs(second.node(), outputs(first.node())).isPresent());
  }

  private int outputs(NodeProto node) {
    List<Long> dims = tensor(node.getInput(1)).dims();
    boolean rows = node.getOpType().equals("Conv") || isTransposed(node);
    return Math.toIntExact(dims.get(rows ? 0 : 1));
  }

  private static boolean isTransposed(NodeProto gemm) {
    return Attribute.integerOf(gemm, "transB", 0) == 1;
  }

  /** How to find a weight's output channel. */
  private Axis outputAxis(NodeProto node) {
    Tensor tensor = tensor(node.getInput(1));
    int channels = outputs(node);
    boolean first = node.getOpType().equals("Conv") || isTransposed(node);
    return new Axis(first ? tensor.elements() / channels : 1, channels);
  }

  /** How to find which of so many channels a weight takes its input from. */
  private Optional<Axis> inputs(NodeProto node, int channels) {
    Tensor tensor = tensor(node.getInput(1));
    List<Long> dims = tensor.dims();
    int first = Math.toIntExact(dims.get(0));
    int second = Math.toIntExact(dims.get(1));
    if (node.getOpType().equals("Conv")) {
      long groups = Attribute.integerOf(node, "group", 1);
      int filter = tensor.elements() / first;
      if (groups == 1 && second == channels) {
        return Optional.of(new Axis(filter / second, channels));
      }
      return groups == channels && second == 1
          ? Optional.of(new Axis(tensor.elements() / channels, channels))
          : Optional.empty();
    }
    int rows = isTransposed(node) ? second : first;
    int inner = isTransposed(node) ? 1 : second;
    // Flattened, a channel's places lie one behind the other.
    return rows % channels == 0
        ? Optional.of(new Axis(inner * (rows / channels), channels))
        : Optional.empty();
  }

  /** Channels lie on an axis, each {@code inner} values long. */
  private record Axis(int inner, int channels) {
    int channel(int index) {
      return index / inner % channels;
    }
  }

  private void equalize(Pair pair) {
    Axis outputs = outputAxis(pair.first().node());
    Axis inputs = inputs(pair.second().node(), outputs.channels()).orElseThrow();
    float[] scales = largest(values(pair.first().weights()), outputs);
    float[] others = largest(values(pair.second().weights()), inputs);
    for (int i = 0; i < scales.length; i++) {
      boolean dead = scales[i] == 0 || others[i] == 0;
      scales[i] = dead ? 1 : (float) (Math.sqrt((double) scales[i] * others[i]) / others[i]);
    }
    multiply(pair.second().weights(), inputs, scales);
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 1 / scales[i];
    }
    multiply(pair.first().weights(), outputs, scales);
    if (!pair.first().bias().isEmpty()) {
      multiply(pair.first().bias(), new Axis(1, scales.length), scales);
    }
  }

  private static float[] largest(float[] weights, Axis axis) {
    float[] largest = new float[axis.channels()];
    for (int i = 0; i < weights.length; i++) {
      int channel = axis.channel(i);
      largest[channel] = Math.max(largest[channel], Math.abs(weights[i]));
    }
    return largest;
  }

  private void multiply(String constant, Axis axis, float[] factors) {
    float[] weights = values(constant);
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= factors[axis.channel(i)];
    }
  }

  private float[] values(String constant) {
    return values.computeIfAbsent(constant, name -> tensor(name).floats());
  }

  private Tensor tensor(String constant) {
    return model.initializer(constant).orElseThrow();
  }
}
