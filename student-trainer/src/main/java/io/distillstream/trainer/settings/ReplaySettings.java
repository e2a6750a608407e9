package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import io.distillstream.trainer.memory.ReplayPlan;
import java.util.List;

/** The keys {@code trainer.replay.*}. */
final class ReplaySettings {
  private static final Setting<Double> SHARE =
      Setting.decimal(
              "trainer.replay.share",
              1.0 / 3,
              "Share of each step's examples that are remembered ones, so that the student does not"
                  + " forget what traffic no longer brings; 0 remembers none.")
          .between(0.0, 0.9);
  private static final Setting<Double> MAX_SHARE =
      Setting.decimal(
              "trainer.replay.max-share",
              0.8,
              "Share of each step's examples that are remembered ones while requests come in a run"
                  + " of few labels, as in a burst; the share rises to it with the skew of the"
                  + " labels. Less than trainer.replay.share counts as that.")
          .between(0.0, 0.95);
  private static final Setting<MemoryPolicy> POLICY =
      Setting.oneOf(
          "trainer.replay.policy",
          MemoryPolicy.CLASS_BALANCED,
          "Which examples the replay memory keeps where it has no room for all: a uniform sample,"
              + " as many of each label as possible, more of the newer ones, or half of the room in"
              + " equal parts for all labels and half by their shares, newer ones first.");
  private static final Setting<Integer> MAX_EXAMPLES =
      Setting.integer(
              "trainer.replay.max-examples",
              20_000,
              "Examples that the replay memory holds at most.")
          .between(1, 10_000_000);
  private static final Setting<Integer> MAX_MEBIBYTES =
      Setting.integer(
              "trainer.replay.max-mib",
              64,
              "MiB that the examples of the replay memory take at most, on the heap and in each"
                  + " checkpoint.")
          .between(1, 1_024);
  private static final Setting<Long> HALF_LIFE =
      Setting.count(
              "trainer.replay.half-life",
              20_000,
              "Further records after which an example of the replay memory counts half, where"
                  + " trainer.replay.policy is recency-weighted or stratified.")
          .between(1L, RampSettings.MAX_RECORDS);

  private ReplaySettings() {}

  static List<Setting<?>> all() {
    return List.of(SHARE, MAX_SHARE, POLICY, MAX_EXAMPLES, MAX_MEBIBYTES, HALF_LIFE);
  }

  static ReplayPlan from(Settings settings) {
    return new ReplayPlan(
        settings.get(SHARE),
        settings.get(SHARE) == 0 ? 0 : Math.max(settings.get(SHARE), settings.get(MAX_SHARE)),
        new MemoryPlan(
            settings.get(POLICY),
            settings.get(MAX_EXAMPLES),
            (long) settings.get(MAX_MEBIBYTES) << 20,
            settings.get(HALF_LIFE)));
  }
}
