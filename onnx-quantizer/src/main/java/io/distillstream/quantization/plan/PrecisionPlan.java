package io.distillstream.quantization.plan;

import io.distillstream.quantization.layer.Layer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which layer is held in which precision. Layers that it does not name stay in fp32.
 *
 * @param layers precision by the layer's name, see {@link Layer#name}
 */
public record PrecisionPlan(Map<String, Precision> layers) {
  /** Everything as it came. */
  public static final PrecisionPlan FP32 = new PrecisionPlan(Map.of());

  public PrecisionPlan {
    layers = Map.copyOf(layers);
  }

  /** All these layers in one precision. */
  public static PrecisionPlan uniform(Iterable<Layer> layers, Precision precision) {
    Map<String, Precision> all = new LinkedHashMap<>();
    layers.forEach(layer -> all.put(layer.name(), precision));
    return new PrecisionPlan(all);
  }

  public Precision of(String layer) {
    return layers.getOrDefault(layer, Precision.FP32);
  }

  /** The same but for one layer. */
  public PrecisionPlan with(String layer, Precision precision) {
    Map<String, Precision> changed = new LinkedHashMap<>(layers);
    changed.put(layer, precision);
    return new PrecisionPlan(changed);
  }
}
