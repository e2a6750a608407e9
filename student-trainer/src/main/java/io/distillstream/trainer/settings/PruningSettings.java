package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningSchedule;
import java.util.List;

/** The keys {@code trainer.pruning.*}. */
final class PruningSettings {
  private static final double LEAST = 0.001;
  private static final double GREATEST = 0.999;

  private static final Setting<PruningPlan.Mode> MODE =
      Setting.oneOf(
          "trainer.pruning.mode",
          PruningPlan.Mode.NONE,
          "What is pruned while training: nothing, single weights (unstructured), whole units"
              + " (structured), or both.");
  private static final Setting<PruningPlan.Units> UNITS =
      Setting.oneOf(
          "trainer.pruning.units",
          PruningPlan.Units.ALL,
          "Which units: attention heads and feed-forward neurons (network), rows of the word table"
              + " (rows), or what the student has of both (all), the share being one of each.");
  private static final Setting<Criterion> CRITERION =
      Setting.oneOf(
          "trainer.pruning.criterion", Criterion.TAYLOR, "By which the least important go.");
  private static final Setting<PruningPlan.Scope> SCOPE =
      Setting.oneOf(
          "trainer.pruning.scope",
          PruningPlan.Scope.ALL,
          "Which single weights are pruned: of all matrices, or of the network without its word"
              + " embedding.");
  private static final Setting<PruningPlan.Scaling> SCALING =
      Setting.oneOf(
          "trainer.pruning.scaling",
          PruningPlan.Scaling.NONE,
          "Whether a weight's importance is divided by its matrix's root mean square.");
  private static final Setting<Double> TARGET =
      Setting.decimal("trainer.pruning.target", 0.5, "Share that is pruned in the end.")
          .between(LEAST, GREATEST);
  private static final Setting<Double> STEP =
      Setting.decimal("trainer.pruning.step", 0.1, "Share that is added each time.")
          .between(LEAST, GREATEST);
  private static final Setting<PruningSchedule.Shape> SHAPE =
      Setting.oneOf(
          "trainer.pruning.shape",
          PruningSchedule.Shape.EQUAL,
          "Whether all steps are equal, or the first the largest (cubic).");
  private static final Setting<Long> START_RECORDS =
      Setting.count(
              "trainer.pruning.start-records", 20_000, "Records learned before the first step.")
          .between(0L, RampSettings.MAX_RECORDS);
  private static final Setting<Long> INTERVAL_RECORDS =
      Setting.count(
              "trainer.pruning.interval-records",
              4_000,
              "Records between steps, over which the student recovers.")
          .between(1L, RampSettings.MAX_RECORDS);

  private PruningSettings() {}

  static List<Setting<?>> all() {
    return List.of(
        MODE,
        UNITS,
        CRITERION,
        SCOPE,
        SCALING,
        TARGET,
        STEP,
        SHAPE,
        START_RECORDS,
        INTERVAL_RECORDS);
  }

  static PruningPlan from(Settings settings) {
    return new PruningPlan(
        settings.get(MODE),
        settings.get(UNITS),
        settings.get(CRITERION),
        settings.get(SCOPE),
        settings.get(SCALING),
        new PruningSchedule(
            settings.get(SHAPE),
            settings.get(START_RECORDS),
            settings.get(INTERVAL_RECORDS),
            settings.get(STEP),
            settings.get(TARGET)));
  }
}
