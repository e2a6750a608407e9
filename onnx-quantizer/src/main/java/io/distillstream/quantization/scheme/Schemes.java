package io.distillstream.quantization.scheme;

import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.BlockOptions;
import io.distillstream.quantization.plan.HalfMode;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.HalfValues;
import io.distillstream.quantization.rewrite.StaticValues;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.Granularity;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which scheme serves which use of a constant in which precision. */
public final class Schemes {
  /** DequantizeLinear has scales by channel from this operator set on. */
  private static final long SCALES_BY_CHANNEL = 13;

  private final Map<Use, Map<Precision, Scheme>> byUse = new EnumMap<>(Use.class);

  public Schemes(
      WeightStore weights,
      SchemeOptions options,
      StaticValues values,
      HalfValues halves,
      long opset) {
    SchemeOptions onGrids =
        opset < SCALES_BY_CHANNEL ? options.with(Granularity.PER_TENSOR) : options;
    HalfStorage half = new HalfStorage(weights);
    Scheme computedHalf =
        options.half() == HalfMode.ARITHMETIC
            ? new HalfArithmetic(half, halves, values.ranges())
            : half;
    Scheme bytesAtLoad = new AtLoad(weights, options, 8);
    Scheme nibblesAtLoad = new AtLoad(weights, options, 4);
    boolean atLoad = options.blocks().kernels() == BlockOptions.Kernels.AT_LOAD;
    Scheme byteBlocks = atLoad ? bytesAtLoad : new BlockProducts(weights, options, 8);
    Scheme nibbleBlocks = atLoad ? nibblesAtLoad : new BlockProducts(weights, options, 4);
    Map<Precision, Scheme> products =
        Map.of(
            Precision.FP16, computedHalf,
            Precision.INT8_DYNAMIC, new DynamicProducts(weights, options, opset),
            Precision.INT8_STATIC, new StaticProducts(weights, onGrids, values),
            Precision.INT8_WEIGHTS, byteBlocks,
            Precision.INT4_WEIGHTS, nibbleBlocks);
    byUse.put(Use.PRODUCT, products);
    byUse.put(Use.TRANSPOSED_PRODUCT, products);
    Scheme byteTables = new ByteTables(weights, options);
    byUse.put(
        Use.TABLE,
        Map.of(
            Precision.FP16, half,
            Precision.INT8_DYNAMIC, byteTables,
            Precision.INT8_STATIC, byteTables,
            Precision.INT8_WEIGHTS, byteTables,
            Precision.INT4_WEIGHTS, new BlockTables(weights, options)));
    byUse.put(
        Use.CONVOLUTION,
        Map.of(
            Precision.FP16, computedHalf,
            Precision.INT8_DYNAMIC, new DynamicConvolutions(weights, options, opset),
            Precision.INT8_STATIC, new StaticConvolutions(weights, onGrids, values),
            Precision.INT8_WEIGHTS, bytesAtLoad,
            Precision.INT4_WEIGHTS, nibblesAtLoad));
    byUse.put(
        Use.RECURRENCE,
        Map.of(
            Precision.FP16, half,
            Precision.INT8_DYNAMIC, new DynamicRecurrences(weights, options),
            Precision.INT8_WEIGHTS, bytesAtLoad,
            Precision.INT4_WEIGHTS, nibblesAtLoad));
  }

  /** What this node's constant can be held in, besides fp32. */
  public Set<Precision> fitting(Site site) {
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
  public Scheme of(Use use, Precision precision) {
    return Optional.ofNullable(byUse.getOrDefault(use, Map.of()).get(precision))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No scheme holds a %s in %s".formatted(use, precision)));
  }
}
