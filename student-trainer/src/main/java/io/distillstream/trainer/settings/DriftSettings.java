package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.steering.DriftPlan;
import java.util.List;

/** The keys of the drift detector and of what it sets off. */
final class DriftSettings {
  private static final Setting<Boolean> ENABLED =
      Setting.flag(
          "trainer.drift.enabled",
          true,
          "Whether temperature and learning rate go up again when the stream changes.");
  private static final Setting<Double> DELTA =
      Setting.decimal(
              "trainer.drift.delta",
              0.002,
              "Confidence parameter of ADWIN on disagreement; smaller is slower and surer.")
          .between(1e-9, 0.5);
  private static final Setting<Double> REWIND =
      Setting.decimal(
              "trainer.drift.rewind",
              0.5,
              "Share of their way by which both schedules go back after a drift; 1 starts them"
                  + " over.")
          .between(0.0, 1.0);
  private static final Setting<Long> MIN_RECORDS =
      Setting.count(
              "trainer.drift.min-records", 5_000, "Records trained between two alarms, at least.")
          .between(0L, RampSettings.MAX_RECORDS);

  private static final Setting<Double> MIN_DROP =
      Setting.decimal(
              "trainer.drift.min-drop",
              0.1,
              "Agreement with the teacher must fall by more than this to count as a drift; less is"
                  + " what learning new labels costs the others for a while.")
          .between(0.0, 0.9);

  private DriftSettings() {}

  static List<Setting<?>> all() {
    return List.of(ENABLED, DELTA, REWIND, MIN_RECORDS, MIN_DROP);
  }

  static DriftPlan from(Settings settings) {
    return new DriftPlan(
        settings.get(ENABLED),
        settings.get(DELTA),
        settings.get(REWIND),
        settings.get(MIN_RECORDS),
        settings.get(MIN_DROP));
  }
}
