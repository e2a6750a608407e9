package io.distillstream.quantization.scheme;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.optimize.IntegerAttention;
import io.distillstream.quantization.weights.ProductSample;
import io.distillstream.quantization.weights.ScaleRange;
import io.distillstream.quantization.weights.WeightError;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final OnnxModel model;
  private final ActivationRanges ranges;
  private final SchemeOptions options;
  private final WeightStore weights;
  private final Pass pass;
  private final Map<Layer, List<Site>> layers = new LinkedHashMap<>();

  /**
   * Finds the layers.
   *
   * @param ranges of activations, for what needs them; may be empty
   */
  public GraphQuantizer(OnnxModel model, ActivationRanges ranges, SchemeOptions options) {
    this.model = model;
    this.ranges = ranges;
    this.options = options;
    this.weights = new WeightStore(new Constants(model));
    this.pass = new Pass(model, weights, ranges, options);
    for (Site site : pass.sites()) {
      layers.computeIfAbsent(site.layer(), layer -> new ArrayList<>()).add(site);
    }
  }

  /** All of a model's layers in one precision that needs no samples, as far as they can have it. */
  public static OnnxModel uniform(OnnxModel model, Precision precision) {
    GraphQuantizer quantizer =
        new GraphQuantizer(model, new ActivationRanges(Map.of()), SchemeOptions.DEFAULTS);
    return quantizer.apply(quantizer.plan(precision));
  }

  /** What can be held in fewer bits, in the order in which the graph uses it. */
  public List<Layer> layers() {
    return List.copyOf(layers.keySet());
  }

  /**
   * What a layer can be held in, {@link Precision#FP32} always among it. A constant that the graph
   * uses in several ways can be held in what all of them can.
   */
  public Set<Precision> precisions(Layer layer) {
    sitesOf(layer);
    EnumSet<Precision> common = EnumSet.allOf(Precision.class);
    layers.forEach(
        (other, uses) -> {
          if (other.name().equals(layer.name())) {
            uses.forEach(site -> common.retainAll(pass.schemes().fitting(site)));
          }
        });
    common.add(Precision.FP32);
    return common;
  }

  /** Names of the activations that the layer's weights are applied to, one for each use. */
  public List<String> activations(Layer layer) {
    return sitesOf(layer).stream().map(Site::activations).distinct().toList();
  }

  /** Names of the values whose ranges {@link Precision#INT8_STATIC} needs. */
  public Set<String> watched() {
    return pass.watched();
  }

  /**
   * A product as it happened, to {@linkplain SignednessTrial choose} the form of its weights by.
   *
   * @param layer a product
   * @param activations that it met, {@code [rows, layer.rows()]}
   */
  public ProductSample product(Layer layer, float[] activations) {
    sitesOf(layer);
    if (!layer.use().isProduct()) {
      throw new IllegalArgumentException("%s is no product".formatted(layer));
    }
    return new ProductSample(layer.name(), activations, weights.matrix(layer), layer.rows());
  }

  /** Every layer in the first of these that it can be held in, otherwise in fp32. */
  public PrecisionPlan plan(Precision... preferred) {
    Map<String, Precision> chosen = new HashMap<>();
    for (Layer layer : layers.keySet()) {
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
    OnnxModel held = held(plan);
    boolean dynamic = plan.layers().containsValue(Precision.INT8_DYNAMIC);
    return dynamic && options.fuseAttention() ? IntegerAttention.fuse(held) : held;
  }

  private OnnxModel held(PrecisionPlan plan) {
    if (options.means().isEmpty()) {
      return new Pass(model, weights, ranges, options).apply(plan);
    }
    OnnxModel corrected = new BiasCorrection(model, pass, weights, options.means()).apply(plan);
    return new Pass(corrected, weights.over(new Constants(corrected)), ranges, options).apply(plan);
  }

  private void check(PrecisionPlan plan) {
    Map<String, Layer> byName = new LinkedHashMap<>();
    layers.keySet().forEach(layer -> byName.put(layer.name(), layer));
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

  /** What the layer's weights lie between, as they came. */
  public WeightRange weightRange(Layer layer) {
    sitesOf(layer);
    return WeightRange.of(weights.tensor(layer.name()).floats());
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
    return pass.schemes().of(layer.use(), precision);
  }

  private List<Site> sitesOf(Layer layer) {
    List<Site> found = layers.get(layer);
    if (found == null) {
      throw new IllegalArgumentException(
          "%s is no layer of this model; those are %s".formatted(layer, layers.keySet()));
    }
    return found;
  }
}
