package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.schedule.Averaging;
import io.distillstream.trainer.schedule.TrainingSchedule;
import java.util.List;
import java.util.Optional;

/** The keys of the average that devices get. */
final class AveragingSettings {
  private static final Averaging STANDARD = TrainingSchedule.standard().averaging().orElseThrow();

  private static final Setting<Boolean> ENABLED =
      Setting.flag(
          "trainer.averaging.enabled",
          true,
          "Whether devices get a moving average of the weights instead of the newest ones.");
  private static final Setting<Double> SHARE =
      Setting.decimal(
              "trainer.averaging.share",
              STANDARD.share(),
              "Share of the records since the first, or since the stream changed, that the average"
                  + " reaches back.")
          .between(1e-3, 1.0);
  private static final Setting<Long> RECORDS =
      Setting.count(
              "trainer.averaging.records",
              STANDARD.records(),
              "Records that the average reaches back at most.")
          .between((long) Averaging.STRIDE, RampSettings.MAX_RECORDS);

  private static final Setting<Integer> SCORED_EVERY =
      Setting.integer(
              "trainer.averaging.scored-every",
              20,
              "Of so many batches one is scored with the average too, before it is learned; 0 for"
                  + " none.")
          .between(0, 1_000_000);

  private AveragingSettings() {}

  static List<Setting<?>> all() {
    return List.of(ENABLED, SHARE, RECORDS, SCORED_EVERY);
  }

  static Optional<Averaging> from(Settings settings) {
    return settings.get(ENABLED)
        ? Optional.of(new Averaging(settings.get(SHARE), settings.get(RECORDS)))
        : Optional.empty();
  }

  static int scoredEvery(Settings settings) {
    return settings.get(SCORED_EVERY);
  }
}
