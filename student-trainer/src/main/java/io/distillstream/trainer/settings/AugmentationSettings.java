package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.augment.AugmentationPlan;
import java.util.List;

/** The keys {@code trainer.augmentation.*}. */
final class AugmentationSettings {
  private static final Setting<Double> MAX_SHARE =
      Setting.decimal(
              "trainer.augmentation.max-share",
              0,
              "Largest share of the records trained that are hard examples: texts of the traffic"
                  + " with a word replaced, sent to the teachers as requests of their own; 0 makes"
                  + " none.")
          .between(0.0, 0.5);
  private static final Setting<Integer> CANDIDATES =
      Setting.integer(
              "trainer.augmentation.candidates",
              500,
              "Words of the vocabulary that are drawn and weighed for each hard example.")
          .between(1, 1_000_000);
  private static final Setting<Long> START_RECORDS =
      Setting.count(
              "trainer.augmentation.start-records",
              2_000,
              "Records learned before the first hard example is made.")
          .between(0L, RampSettings.MAX_RECORDS);

  private AugmentationSettings() {}

  static List<Setting<?>> all() {
    return List.of(MAX_SHARE, CANDIDATES, START_RECORDS);
  }

  static AugmentationPlan from(Settings settings) {
    return new AugmentationPlan(
        settings.get(MAX_SHARE), settings.get(CANDIDATES), settings.get(START_RECORDS));
  }
}
