package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.weights.WeightError;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rewrites a graph so that its layers are held in what a plan says, layer by layer.
 *
 * <p>Everything else stays as it is: metadata, inputs, outputs, the nodes between; bodies of
 * control flow are not entered. One instance serves one model and keeps what it quantized, so that
 * trying other plans is cheap. Not thread-safe.
 */
public final class GraphQuantizer {
  private final OnnxModel model;
  private final Map<String, Site> sites = new LinkedHashMap<>();
  private final Map<Layer, List<Site>> layers = new LinkedHashMap<>();
  private final Schemes schemes;

  /**
   * Finds the layers.
   *
   * @param ranges of activations, for what needs them; may be empty
   */
  public GraphQuantizer(OnnxModel model, ActivationRanges ranges, SchemeOptions options) {
    this.model = model;
    Constants constants = new Constants(model);
    this.schemes = new Schemes(model, new WeightStore(constants), ranges, options);
    Sites found = new Sites(constants, options.minSavedBytes());
    for (NodeProto node : model.nodes()) {
      found.of(node).filter(site -> !schemes.fitting(site).isEmpty()).ifPresent(this::add);
    }
  }

  private void add(Site site) {
    sites.put(site.output(), site);
    layers.computeIfAbsent(site.layer(), layer -> new ArrayList<>()).add(site);
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
            uses.forEach(site -> common.retainAll(schemes.fitting(site)));
          }
        });
    common.add(Precision.FP32);
    return common;
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
    Rewrite rewrite = new Rewrite(model);
    for (NodeProto node : model.nodes()) {
      Site site = sites.get(node.getOutput(0));
      if (site == null || plan.of(site.layer().name()) == Precision.FP32) {
        rewrite.keep(node);
      } else {
        schemes.of(site.layer().use(), plan.of(site.layer().name())).write(site, rewrite);
      }
    }
    return rewrite.build();
  }

  private void check(PrecisionPlan plan) {
    Map<String, Layer> byName = new HashMap<>();
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
              if (!precisions(layer).contains(precision)) {
                throw new IllegalArgumentException(
                    "%s cannot be held in %s, only in %s"
                        .formatted(name, precision.text(), precisions(layer)));
              }
            });
  }

  /** What the layer's weights take in the file, their scales included. */
  public long bytes(Layer layer, Precision precision) {
    return precision == Precision.FP32
        ? Float.BYTES * layer.elements()
        : held(layer, precision).bytes();
  }

  /** Σ(w − ŵ)² over the layer's weights. */
  public double weightError(Layer layer, Precision precision) {
    return error(layer, precision).squared();
  }

  /** max |w − ŵ| over the layer's weights. */
  public double largestWeightError(Layer layer, Precision precision) {
    return error(layer, precision).largest();
  }

  private WeightError error(Layer layer, Precision precision) {
    return precision == Precision.FP32 ? WeightError.NONE : held(layer, precision).error();
  }

  private Scheme.Held held(Layer layer, Precision precision) {
    Site site = sitesOf(layer).get(0);
    if (!precisions(layer).contains(precision)) {
      throw new IllegalArgumentException(
          "%s cannot be held in %s, only in %s"
              .formatted(layer.name(), precision.text(), precisions(layer)));
    }
    return schemes.of(layer.use(), precision).held(site);
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
