package io.distillstream.quantization.graph;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.optimize.attention.IntegerAttention;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.scheme.Scheme;
import io.distillstream.quantization.scheme.Schemes;
import io.distillstream.quantization.weights.ScaleRange;
import io.distillstream.quantization.weights.SignificantBits;
import io.distillstream.quantization.weights.WeightError;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rewrites a graph so that its layers are held in what a plan says, layer by layer.
 *
 * <p>Everything else stays as it is: metadata, inputs, outputs, the nodes between, attention over
 * dynamic 8-bit products {@linkplain IntegerAttention aside}; bodies of control flow are not
 * entered. One instance serves one model and keeps what it quantized, so that trying other plans is
 * cheap. Not thread-safe.
 */
public final class GraphQuantizer {
  private final QuantizableLayers layers;
  private final ActivationRanges ranges;
  private final SchemeOptions options;
  private final SignificantBits constants;
  private final WeightStore weights;
  private final Schemes schemes;

  /**
   * Rewrites layers that were found.
   *
   * @param ranges of activations, for what needs them; may be empty
   * @param constants how exactly what stays in fp32 is held
   */
  public GraphQuantizer(
      QuantizableLayers layers,
      ActivationRanges ranges,
      SchemeOptions options,
      SignificantBits constants) {
    this.layers = layers;
    this.ranges = ranges;
    this.options = options;
    this.constants = constants;
    this.weights = new WeightStore(layers.constants());
    this.schemes = new LayerRewriting(layers, weights, ranges, options).schemes();
  }

  /** Rewrites layers that were found; what stays in fp32 stays as it is. */
  public GraphQuantizer(QuantizableLayers layers, ActivationRanges ranges, SchemeOptions options) {
    this(layers, ranges, options, SignificantBits.ALL);
  }

  /** Finds the layers of a model, as far as the options have them. */
  public GraphQuantizer(OnnxModel model, ActivationRanges ranges, SchemeOptions options) {
    this(QuantizableLayers.of(model, options.minSavedBytes()), ranges, options);
  }

  /** All of a model's layers in one precision that needs no samples, as far as they can have it. */
  public static OnnxModel uniform(OnnxModel model, Precision precision) {
    return uniform(model, precision, SchemeOptions.DEFAULTS);
  }

  /** The same, held as the options say. */
  public static OnnxModel uniform(OnnxModel model, Precision precision, SchemeOptions options) {
    GraphQuantizer quantizer = new GraphQuantizer(model, new ActivationRanges(Map.of()), options);
    return quantizer.apply(quantizer.plan(precision));
  }

  /** What it rewrites. */
  public QuantizableLayers layers() {
    return layers;
  }

  /**
   * What a layer can be held in, {@link Precision#FP32} always among it. A constant that the graph
   * uses in several ways can be held in what all of them can.
   */
  public Set<Precision> precisions(Layer layer) {
    layers.sites(layer);
    EnumSet<Precision> common = EnumSet.allOf(Precision.class);
    layers.sites(layer.name()).forEach(site -> common.retainAll(schemes.fitting(site)));
    common.add(Precision.FP32);
    return common;
  }

  /** Every layer in the first of these that it can be held in, otherwise in fp32. */
  public PrecisionPlan plan(Precision... preferred) {
    Map<String, Precision> chosen = new HashMap<>();
    for (Layer layer : layers.all()) {
      Set<Precision> possible = precisions(layer);
      for (Precision precision : preferred) {
        if (possible.contains(precision)) {
          chosen.putIfAbsent(layer.name(), precision);
        }
      }
    }
    return new PrecisionPlan(chosen);
  }

  /**
   * The model with its layers as planned.
   *
   * @throws IllegalArgumentException if the plan names no layer of this model, or holds one in what
   *     it cannot be held in
   * @throws InvalidModelException if a weight is not finite
   */
  public OnnxModel apply(PrecisionPlan plan) {
    check(plan);
    OnnxModel held = constants.of(held(plan), layers.model().initializerNames());
    boolean dynamic = plan.layers().containsValue(Precision.INT8_DYNAMIC);
    return dynamic && options.fuseAttention() ? IntegerAttention.fuse(held) : held;
  }

  private OnnxModel held(PrecisionPlan plan) {
    if (options.means().isEmpty()) {
      return new LayerRewriting(layers, weights, ranges, options).apply(plan);
    }
    QuantizableLayers corrected =
        layers.in(new BiasCorrection(layers, schemes, weights, options.means()).apply(plan));
    return new LayerRewriting(corrected, weights.over(corrected.constants()), ranges, options)
        .apply(plan);
  }

  private void check(PrecisionPlan plan) {
    Map<String, Layer> byName = new LinkedHashMap<>();
    layers.all().forEach(layer -> byName.put(layer.name(), layer));
    plan.layers()
        .forEach(
            (name, precision) -> {
              Layer layer = byName.get(name);
              if (layer == null) {
                throw new IllegalArgumentException(
                    "The plan names %s, the model's layers are %s"
                        .formatted(name, byName.keySet()));
              }
              checkPossible(layer, precision);
            });
  }

  private void checkPossible(Layer layer, Precision precision) {
    if (!precisions(layer).contains(precision)) {
      throw new IllegalArgumentException(
          "%s cannot be held in %s, only in %s"
              .formatted(
                  layer.name(),
                  precision.text(),
                  precisions(layer).stream().map(Precision::text).toList()));
    }
  }

  /** What the layer's weights take in the file, their scales included. */
  public long bytes(Layer layer, Precision precision) {
    return precision == Precision.FP32
        ? Float.BYTES * layer.elements()
        : scheme(layer, precision).bytes(layer);
  }

  /** Σ(w − ŵ)² over the layer's weights. */
  public double weightError(Layer layer, Precision precision) {
    return error(layer, precision).squared();
  }

  /** max |w − ŵ| over the layer's weights. */
  public double largestWeightError(Layer layer, Precision precision) {
    return error(layer, precision).largest();
  }

  /** The scales of the layer's weights, where they have any. */
  public Optional<ScaleRange> scales(Layer layer, Precision precision) {
    return precision == Precision.FP32 ? Optional.empty() : scheme(layer, precision).scales(layer);
  }

  private WeightError error(Layer layer, Precision precision) {
    return precision == Precision.FP32 ? WeightError.NONE : scheme(layer, precision).error(layer);
  }

  private Scheme scheme(Layer layer, Precision precision) {
    checkPossible(layer, precision);
    return schemes.of(layer.use(), precision);
  }
}
