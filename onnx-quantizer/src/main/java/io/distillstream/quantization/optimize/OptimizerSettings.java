package io.distillstream.quantization.optimize;

import io.distillstream.quantization.optimize.opset.OpsetUpgrade;

/**
 * Limits of the {@link GraphOptimizer}.
 *
 * @param maxOpset newest version of the default operator set to which a model may be raised, so
 *     that one node can stand for several, or to 13, so that static 8-bit weights can have a scale
 *     per channel and MaxPool can take integers; 0 keeps the model's own, or 11 where that is older
 * @param maxGrowthBytes by how much one folding of constants may make the file larger
 */
public record OptimizerSettings(long maxOpset, long maxGrowthBytes) {
  /** Up to operator set 20, the first that has both LayerNormalization and Gelu. */
  public static final OptimizerSettings DEFAULT = new OptimizerSettings(20, 1 << 16);

  public OptimizerSettings {
    if (maxOpset < 0 || maxOpset > OpsetUpgrade.NEWEST) {
      throw new IllegalArgumentException(
          "Models can be raised to operator set %d at most, asked for %d"
              .formatted(OpsetUpgrade.NEWEST, maxOpset));
    }
    if (maxGrowthBytes < 0) {
      throw new IllegalArgumentException(
          "maxGrowthBytes must not be negative, was " + maxGrowthBytes);
    }
  }
}
