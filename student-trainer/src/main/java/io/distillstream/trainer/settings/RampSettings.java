package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.schedule.Ramp;
import java.util.List;

/** The four keys of a value that changes with the records learned. */
final class RampSettings {
  static final long MAX_RECORDS = 1_000_000_000_000L;

  private final Setting<Double> start;
  private final Setting<Double> end;
  private final Setting<Ramp.Shape> shape;
  private final Setting<Long> records;

  /**
   * @param key what the four keys start with
   * @param what the value is, for the keys' docs
   */
  RampSettings(String key, String what, Ramp standard, double least, double greatest) {
    start =
        Setting.decimal(key + ".start", standard.from(), what + " at the first record.")
            .between(least, greatest);
    end =
        Setting.decimal(key + ".end", standard.to(), what + " from the end of its schedule on.")
            .between(least, greatest);
    shape = Setting.oneOf(key + ".shape", standard.shape(), what + ": its way from start to end.");
    records =
        Setting.count(key + ".records", standard.records(), what + ": length of its schedule.")
            .between(0L, MAX_RECORDS);
  }

  List<Setting<?>> all() {
    return List.of(start, end, shape, records);
  }

  /**
   * The ramp that the settings describe.
   *
   * @throws IllegalArgumentException if an exponential one starts or ends at 0
   */
  Ramp from(Settings settings) {
    return new Ramp(
        settings.get(shape), settings.get(start), settings.get(end), settings.get(records));
  }
}
