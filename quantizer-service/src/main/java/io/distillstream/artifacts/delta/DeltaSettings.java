package io.distillstream.artifacts.delta;

import io.distillstream.quantization.weights.Hysteresis;
import io.distillstream.quantization.weights.SignificantBits;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.List;

/**
 * Which deltas are published, and what is done to keep them small.
 *
 * @param chain most deltas that a manifest names; 0 for none
 * @param hysteresis how much of the weights of the version before is kept
 * @param constants how exactly what stays in fp32 is held
 */
public record DeltaSettings(int chain, Hysteresis hysteresis, SignificantBits constants) {
  private static final Setting<Integer> CHAIN =
      Setting.integer(
              "quantizer.delta.chain",
              8,
              "Deltas that an update's manifest names, at most: a device that is up to so many"
                  + " versions behind fetches them instead of the artifact, where they are smaller"
                  + " together. 0 publishes artifacts alone.")
          .between(0, 1_000);
  private static final Setting<Double> SCALE_SLACK =
      Setting.decimal(
              "quantizer.delta.scale-slack",
              0.2,
              "A channel of 8-bit weights keeps the scale of the version before while its largest"
                  + " weight fits and falls short of what the scale holds by at most this share. A"
                  + " new scale leaves half of it as room to grow. 0 gives every version scales of"
                  + " its own.")
          .between(0.0, 0.9);
  private static final Setting<Double> ROW_SLACK =
      Setting.decimal(
              "quantizer.delta.row-slack",
              0.01,
              "A row of 8-bit weights, such as a word's vector, stays on the levels of the version"
                  + " before while that adds no more error than this share of its norm: smaller"
                  + " deltas, and a student whose steps are small answers as the version before."
                  + " 0 rounds every version by itself.")
          .between(0.0, 0.5);
  private static final Setting<Integer> SIGNIFICANT_BITS =
      Setting.integer(
              "quantizer.delta.significant-bits",
              13,
              "Significant bits, of fp32's 24, of what an artifact holds in fp32, such as biases: the"
                  + " fewer, the fewer bytes of it change from version to version. 24 keeps all.")
          .between(8, 24);

  public static List<Setting<?>> all() {
    return List.of(CHAIN, SCALE_SLACK, ROW_SLACK, SIGNIFICANT_BITS);
  }

  /**
   * As set; without deltas every version is rounded by itself, and nothing is that stays in fp32.
   */
  public static DeltaSettings from(Settings settings) {
    int chain = settings.get(CHAIN);
    if (chain == 0) {
      return new DeltaSettings(chain, Hysteresis.NONE, SignificantBits.ALL);
    }
    return new DeltaSettings(
        chain,
        new Hysteresis(settings.get(SCALE_SLACK), settings.get(ROW_SLACK)),
        new SignificantBits(settings.get(SIGNIFICANT_BITS)));
  }
}
