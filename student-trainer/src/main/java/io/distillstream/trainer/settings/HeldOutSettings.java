package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.memory.HeldOutPlan;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import java.util.List;

/** The keys {@code trainer.held-out.*}. */
final class HeldOutSettings {
  private static final long MAX_BYTES = 64 << 20;

  private static final Setting<Long> ONE_IN =
      Setting.count(
              "trainer.held-out.one-in",
              10,
              "One request in so many is never learned, chosen by a hash of its id: students are"
                  + " scored on these, and candidates compared with what devices run; 0 holds out"
                  + " none.")
          .accepting("0, or 2 and more", number -> number == 0 || number > 1);
  private static final Setting<Integer> EXAMPLES =
      Setting.integer(
              "trainer.held-out.examples",
              1_000,
              "Held-out requests on which every checkpoint is scored, at most.")
          .between(1, 100_000);
  private static final Setting<Long> HALF_LIFE =
      Setting.count(
              "trainer.held-out.half-life",
              2_000,
              "Further held-out requests after which one is half as likely to be among those that"
                  + " checkpoints are scored on.")
          .between(1L, RampSettings.MAX_RECORDS);

  private HeldOutSettings() {}

  static List<Setting<?>> all() {
    return List.of(ONE_IN, EXAMPLES, HALF_LIFE);
  }

  static HeldOutPlan from(Settings settings) {
    return new HeldOutPlan(
        new HeldOutRule(settings.get(ONE_IN)),
        new MemoryPlan(
            MemoryPolicy.STRATIFIED, settings.get(EXAMPLES), MAX_BYTES, settings.get(HALF_LIFE)));
  }
}
