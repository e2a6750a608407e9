package io.distillstream.quantization.equalize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.FreshNames;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.ActivationSnapshot;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.layer.Consumers;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.layer.QuantizableLayers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Evens out the channels of activations before products in 8 bits, where that makes them lose much
 * less: {@link SmoothingScales} go into the weights, and what undoes them into the layer
 * normalization in front, or into a multiplication where anything else uses its result too.
 *
 * <p>The model's answers stay the same but for fp32 rounding. Activations change, so calibration
 * comes after.
 */
public final class ActivationSmoothing {
  /** A multiplication takes time, so the expected error must fall to this share of what it was. */
  private static final double WORTHWHILE = 0.5;

  private final QuantizableLayers layers;
  private final OnnxModel model;
  private final Consumers consumers;

  /** By activation: the layers it is multiplied by, whose weights nothing else uses. */
  private final Map<String, List<Layer>> products = new LinkedHashMap<>();

  private final Map<String, float[]> scales = new LinkedHashMap<>();
  private final Map<String, Tensor> changed = new HashMap<>();

  private ActivationSmoothing(QuantizableLayers layers) {
    this.layers = layers;
    this.model = layers.model();
    this.consumers = new Consumers(model);
    for (Layer layer : layers.all()) {
      if (layer.use().isProduct() && own(layer.name())) {
        products
            .computeIfAbsent(layers.activations(layer).get(0), x -> new ArrayList<>())
            .add(layer);
      }
    }
  }

  /**
   * The layers of the smoothed model; the same ones if nothing is worth it.
   *
   * @param samples some dozens of real ones
   */
  public static QuantizableLayers apply(QuantizableLayers layers, List<Sample> samples) {
    ActivationSmoothing smoothing = new ActivationSmoothing(layers);
    smoothing.find(
        ActivationSnapshot.of(layers.model(), List.copyOf(smoothing.products.keySet()), samples));
    return smoothing.scales.isEmpty() ? layers : layers.in(smoothing.smoothed());
  }

  private boolean own(String constant) {
    return model.initializer(constant).isPresent() && consumers.only(constant).isPresent();
  }

  private void find(ActivationSnapshot snapshot) {
    products.forEach(
        (x, multiplied) ->
            channels(snapshot.of(x), multiplied.get(0).rows())
                .flatMap(
                    seen ->
                        SmoothingScales.find(
                            seen, multiplied.stream().map(layers::matrix).toList(), WORTHWHILE))
                .ifPresent(found -> scales.put(x, found)));
  }

  private static Optional<Channels> channels(List<TensorValue> values, int count) {
    Channels channels = new Channels(count);
    for (TensorValue value : values) {
      if (!value.isFloat() || value.lastLength() != count) {
        return Optional.empty();
      }
      channels.add(value.floats());
    }
    return Optional.of(channels);
  }

  private Tensor tensor(String constant) {
    return model.initializer(constant).orElseThrow();
  }

  private OnnxModel smoothed() {
    Map<String, String> uneven = new HashMap<>();
    scales.forEach(
        (x, s) -> {
          List<Layer> multiplied = products.getOrDefault(x, List.of());
          multiplied.forEach(layer -> multiply(layer, s));
          if (!divideInNormalization(x, s)) {
            multiplied.forEach(layer -> uneven.put(layer.name(), x));
          }
        });
    GraphBuilder graph = GraphBuilder.framedLike(model);
    for (String name : model.initializerNames()) {
      graph.initializer(changed.getOrDefault(name, tensor(name)));
    }
    FreshNames fresh = new FreshNames(model);
    Map<String, String> divided = new HashMap<>();
    for (NodeProto node : model.nodes()) {
      String x = node.getInputCount() < 2 ? null : uneven.get(node.getInput(1));
      graph.node(
          x == null
              ? node
              : node.toBuilder()
                  .setInput(0, divided.computeIfAbsent(x, of -> divided(of, fresh, graph)))
                  .build());
    }
    return graph.build(model.metadata());
  }

  /** Scales the rows of the matrix as it is used. */
  private void multiply(Layer layer, float[] s) {
    Tensor weights = tensor(layer.name());
    float[] values = weights.floats().clone();
    boolean transposed = layer.use() == Use.TRANSPOSED_PRODUCT;
    for (int i = 0; i < values.length; i++) {
      values[i] *= s[transposed ? i % layer.rows() : i / layer.columns()];
    }
    changed.put(layer.name(), Tensor.float32(layer.name(), values, weights.shape()));
  }

  /** Lets a layer normalization do it, if nothing but these products uses its result. */
  private boolean divideInNormalization(String x, float[] s) {
    Optional<NodeProto> producer =
        model.nodes().stream()
            .filter(node -> node.getDomain().isEmpty() && node.getOutput(0).equals(x))
            .filter(node -> node.getOpType().equals("LayerNormalization"))
            .filter(node -> node.getOutputCount() == 1)
            .filter(node -> affine(node).stream().allMatch(constant -> isVector(constant, s)))
            .findFirst();
    if (producer.isEmpty() || consumers.count(x) != products.getOrDefault(x, List.of()).size()) {
      return false;
    }
    for (String constant : affine(producer.get())) {
      float[] values = tensor(constant).floats().clone();
      for (int c = 0; c < values.length; c++) {
        values[c] /= s[c];
      }
      changed.put(constant, Tensor.float32(constant, values, values.length));
    }
    return true;
  }

  /** Scale, and shift if there is one. */
  private static List<String> affine(NodeProto normalization) {
    return normalization.getInputList().stream().skip(1).filter(name -> !name.isEmpty()).toList();
  }

  private boolean isVector(String constant, float[] like) {
    return own(constant) && tensor(constant).elements() == like.length;
  }

  private String divided(String x, FreshNames fresh, GraphBuilder graph) {
    float[] factors = Optional.ofNullable(scales.get(x)).orElseThrow().clone();
    for (int c = 0; c < factors.length; c++) {
      factors[c] = 1 / factors[c];
    }
    String divided = fresh.like(x + "/smoothed");
    String constant = fresh.like(divided + "/factors");
    graph.initializer(Tensor.float32(constant, factors, factors.length));
    return graph.node("Mul", List.of(x, constant), divided);
  }
}
