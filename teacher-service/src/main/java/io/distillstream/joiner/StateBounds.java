package io.distillstream.joiner;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How much of the traffic each partition's state may hold.
 *
 * @param maxWaiting examples that wait for a teacher or their truth
 * @param correctionWait how long an example without truth is kept, so that a late truth makes a
 *     correction of it; zero: no corrections
 * @param maxCorrectable how many are kept for that
 */
public record StateBounds(int maxWaiting, Duration correctionWait, int maxCorrectable) {

  private static final Setting<Integer> MAX_WAITING =
      Setting.integer(
              "joiner.max-waiting",
              50_000,
              "Requests of a partition that wait for other teachers or their true label, at most;"
                  + " where there are more, the one that has least left to wait goes on as it is.")
          .between(1, 10_000_000);

  private static final Setting<Duration> CORRECTION_WAIT =
      Setting.duration(
              "joiner.correction-wait",
              Duration.ofMinutes(10),
              "How long after a request was joined without its true label that label still makes a"
                  + " correction, which the student learns from; 0ms makes none.")
          .between(Duration.ZERO, Duration.ofDays(7));

  private static final Setting<Integer> MAX_CORRECTABLE =
      Setting.integer(
              "joiner.max-correctable",
              20_000,
              "Requests of a partition that are kept for a correction, at most, the newest ones;"
                  + " held in memory.")
          .between(1, 10_000_000);

  static final StateBounds DEFAULT = new StateBounds(50_000, Duration.ofMinutes(10), 20_000);

  public StateBounds {
    if (maxWaiting < 1 || maxCorrectable < 1 || correctionWait.isNegative()) {
      throw new IllegalArgumentException(
          "Impossible bounds: %d waiting, %d correctable for %s"
              .formatted(maxWaiting, maxCorrectable, correctionWait));
    }
  }

  static List<Setting<?>> all() {
    return List.of(MAX_WAITING, CORRECTION_WAIT, MAX_CORRECTABLE);
  }

  static StateBounds from(Settings settings) {
    return new StateBounds(
        settings.get(MAX_WAITING), settings.get(CORRECTION_WAIT), settings.get(MAX_CORRECTABLE));
  }

  boolean corrections() {
    return !correctionWait.isZero();
  }
}
