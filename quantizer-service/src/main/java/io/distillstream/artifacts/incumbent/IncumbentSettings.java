package io.distillstream.artifacts.incumbent;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.List;
import java.util.Map;

/**
 * How candidates are compared with what devices run.
 *
 * @param enabled whether they are
 * @param risk probability with which a candidate that is worse by more than the margin may be
 *     published, for each version that devices run and each half-life
 * @param margin loss of agreement that counts as no worse
 * @param classMargin the same on a single label
 * @param capacity most held-out requests remembered
 * @param halfLife after how many further held-out requests of the usual mix one counts half
 * @param minSamples fewest held-out requests to compare on
 */
public record IncumbentSettings(
    boolean enabled,
    double risk,
    double margin,
    double classMargin,
    int capacity,
    int halfLife,
    int minSamples) {

  private static final Setting<Boolean> ENABLED =
      Setting.flag(
          "quantizer.incumbent.enabled",
          true,
          "Whether a candidate is published only if held-out requests show it to be no worse than"
              + " what devices of its channel run.");
  private static final Setting<Double> RISK =
      Setting.decimal(
              "quantizer.incumbent.risk",
              0.05,
              "Greatest probability, for each version that devices run and each half-life of"
                  + " held-out requests, that one is published which agrees with the teacher less"
                  + " than that version by more than the margin.")
          .between(1e-9, 0.5);
  private static final Setting<Double> MARGIN =
      Setting.decimal(
              "quantizer.incumbent.margin",
              0.01,
              "Loss of agreement with the teacher against what devices run that counts as no"
                  + " worse; losses that add up over versions count together.")
          .between(0.0, 0.5);
  private static final Setting<Double> CLASS_MARGIN =
      Setting.decimal(
              "quantizer.incumbent.class-margin",
              0.10,
              "Loss of agreement on any single label that is tolerated; a candidate that is shown"
                  + " to lose more is not published.")
          .between(0.0, 0.99);
  private static final Setting<Integer> CAPACITY =
      Setting.integer(
              "quantizer.held-out.samples",
              3_000,
              "Held-out requests that candidate and incumbent are compared on, at most.")
          .between(1, 100_000);
  private static final Setting<Integer> HALF_LIFE =
      Setting.integer(
              "quantizer.held-out.half-life",
              2_000,
              "After how many further held-out requests of the usual mix one counts half in that"
                  + " comparison. A request ages only by those of its own label.")
          .between(1, 1_000_000);
  private static final Setting<Integer> MIN_SAMPLES =
      Setting.integer(
              "quantizer.held-out.min-samples",
              100,
              "Fewest held-out requests to compare on; with fewer a candidate is published without"
                  + " that comparison.")
          .between(1, 100_000);

  /** What holds where nothing is set. */
  public static final IncumbentSettings DEFAULTS = from(Settings.load(all(), Map.of()));

  public static List<Setting<?>> all() {
    return List.of(ENABLED, RISK, MARGIN, CLASS_MARGIN, CAPACITY, HALF_LIFE, MIN_SAMPLES);
  }

  public static IncumbentSettings from(Settings settings) {
    return new IncumbentSettings(
        settings.get(ENABLED),
        settings.get(RISK),
        settings.get(MARGIN),
        settings.get(CLASS_MARGIN),
        settings.get(CAPACITY),
        settings.get(HALF_LIFE),
        settings.get(MIN_SAMPLES));
  }

  /** An empty memory of this capacity. */
  public HeldOutMemory memory() {
    return new HeldOutMemory(capacity, halfLife);
  }
}
