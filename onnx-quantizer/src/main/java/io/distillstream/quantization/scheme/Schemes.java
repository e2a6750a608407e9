package io.distillstream.quantization.scheme;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.scheme.Layer.Use;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which scheme serves which use of a constant in which precision. */
final class Schemes {
  private final Map<Use, Map<Precision, Scheme>> byUse = new EnumMap<>(Use.class);

  Schemes(OnnxModel model, WeightStore weights, ActivationRanges ranges, SchemeOptions options) {
    Scheme products = new DynamicProducts(weights, options, model.opset());
    Scheme tables = new ByteTables(weights, options);
    Map<Precision, Scheme> ofProducts = Map.of(Precision.INT8_DYNAMIC, products);
    byUse.put(Use.PRODUCT, ofProducts);
    byUse.put(Use.TRANSPOSED_PRODUCT, ofProducts);
    byUse.put(
        Use.TABLE,
        Map.of(
            Precision.INT8_DYNAMIC, tables,
            Precision.INT8_STATIC, tables,
            Precision.INT8_WEIGHTS, tables));
  }

  /** What this node's constant can be held in, besides fp32. */
  Set<Precision> fitting(Site site) {
    EnumSet<Precision> fitting = EnumSet.noneOf(Precision.class);
    byUse
        .getOrDefault(site.layer().use(), Map.of())
        .forEach(
            (precision, scheme) -> {
              if (scheme.fits(site)) {
                fitting.add(precision);
              }
            });
    return fitting;
  }

  /** The one for a precision that is among the fitting ones. */
  Scheme of(Use use, Precision precision) {
    return Optional.ofNullable(byUse.getOrDefault(use, Map.of()).get(precision))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No scheme holds a %s in %s".formatted(use, precision)));
  }
}
