package io.distillstream.quantization.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Consumers;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.scheme.Schemes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes off the mean shift that rounded weights Ŵ cause: E[x]·(W − Ŵ) is added to the bias behind
 * them (Nagel et al. 2019, "Data-Free Quantization through Weight Equalization and Bias
 * Correction", section 4.2, with means that were observed instead of derived).
 *
 * <p>It answers an fp32 graph with other biases, to be quantized with the same weights. The edges
 * of a convolution that see padding are treated like the rest.
 */
final class BiasCorrection {
  private final QuantizableLayers layers;
  private final Schemes schemes;
  private final WeightStore weights;
  private final Map<String, float[]> means;
  private final Consumers consumers;

  BiasCorrection(
      QuantizableLayers layers, Schemes schemes, WeightStore weights, Map<String, float[]> means) {
    this.layers = layers;
    this.schemes = schemes;
    this.weights = weights;
    this.means = means;
    this.consumers = new Consumers(layers.model());
  }

  OnnxModel apply(PrecisionPlan plan) {
    RewrittenGraph out = new RewrittenGraph(layers.model());
    // By the result of the Add that holds a bias: the bias to hold instead.
    Map<String, NodeProto> replaced = new HashMap<>();
    for (NodeProto node : layers.model().nodes()) {
      Optional<Site> site = layers.site(node);
      Optional<float[]> shift = site.flatMap(found -> shift(found, plan));
      if (shift.isPresent()) {
        write(site.orElseThrow(), shift.get(), replaced, out);
      } else {
        out.keep(replaced.getOrDefault(node.getOutput(0), node));
      }
    }
    return out.build();
  }

  private Optional<float[]> shift(Site site, PrecisionPlan plan) {
    Layer layer = site.layer();
    Precision precision = plan.of(layer.name());
    float[] mean = means.get(site.activations());
    if (precision == Precision.FP32
        || mean == null
        || !(layer.use().isProduct() || layer.use() == Use.CONVOLUTION)) {
      return Optional.empty();
    }
    float[] restored = schemes.of(layer.use(), precision).restored(layer);
    return Optional.of(
        layer.use().isProduct()
            ? ofProduct(site, mean, restored)
            : ofConvolution(site, mean, restored));
  }

  private float[] ofProduct(Site site, float[] mean, float[] restored) {
    Layer layer = site.layer();
    check(site, mean, layer.rows());
    float[] matrix = layers.matrix(layer);
    double[] shift = new double[layer.columns()];
    for (int i = 0; i < matrix.length; i++) {
      shift[i % shift.length] +=
          site.alpha() * mean[i / shift.length] * ((double) matrix[i] - restored[i]);
    }
    return floats(shift);
  }

  private float[] ofConvolution(Site site, float[] mean, float[] restored) {
    Tensor kernel = weights.tensor(site.layer().name());
    int groups = Math.toIntExact(Attribute.integerOf(site.node(), "group", 1));
    int channels = Math.toIntExact(kernel.dims().get(1));
    check(site, mean, channels * groups);
    int rows = site.layer().rows();
    int filters = site.layer().columns();
    float[] values = kernel.floats();
    double[] shift = new double[filters];
    for (int i = 0; i < values.length; i++) {
      int filter = i / rows;
      int group = filter / (filters / groups);
      int channel = group * channels + i % rows / (rows / channels);
      shift[filter] += mean[channel] * ((double) values[i] - restored[i]);
    }
    return floats(shift);
  }

  private static void check(Site site, float[] mean, int channels) {
    if (mean.length != channels) {
      throw new IllegalArgumentException(
          "Expected %d mean activations of %s, got %d"
              .formatted(channels, site.activations(), mean.length));
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private void write(
      Site site, float[] shift, Map<String, NodeProto> replaced, RewrittenGraph out) {
    Optional<float[]> ownBias = vector(site.input(2), shift.length);
    if (!site.is("MatMul") && (ownBias.isPresent() || !site.hasInput(2))) {
      String bias = corrected(site.output(), ownBias.orElse(new float[shift.length]), shift, out);
      out.keep(withInput(site.node(), 2, bias));
      return;
    }
    Optional<NodeProto> add =
        consumers.only(site.output()).filter(node -> node.getOpType().equals("Add"));
    int other = add.isPresent() && add.get().getInput(0).equals(site.output()) ? 1 : 0;
    Optional<float[]> addedBias = add.flatMap(node -> vector(node.getInput(other), shift.length));
    if (addedBias.isPresent()) {
      String bias = corrected(site.output(), addedBias.get(), shift, out);
      replaced.put(add.get().getOutput(0), withInput(add.get(), other, bias));
      out.keep(site.node());
      return;
    }
    String raw = out.name(site.output() + "/uncorrected");
    out.keep(site.node().toBuilder().setOutput(0, raw).build());
    String bias = corrected(site.output(), new float[shift.length], shift, out);
    out.node("Add", List.of(raw, bias), site.output());
  }

  /** A constant with a value for each output channel and no other axis. */
  private Optional<float[]> vector(String value, int channels) {
    return weights
        .constants()
        .tensor(value)
        .filter(found -> found.elements() == channels && !found.dims().isEmpty())
        .filter(found -> found.dims().get(found.dims().size() - 1) == channels)
        .map(Tensor::floats);
  }

  private static String corrected(String output, float[] bias, float[] shift, RewrittenGraph out) {
    float[] sum = new float[shift.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = bias[i] + shift[i];
    }
    return out.constant(output + "/corrected_bias", name -> Tensor.float32(name, sum, sum.length));
  }

  private static NodeProto withInput(NodeProto node, int index, String value) {
    NodeProto.Builder changed = node.toBuilder();
    while (changed.getInputCount() <= index) {
      changed.addInput("");
    }
    return changed.setInput(index, value).build();
  }
}
