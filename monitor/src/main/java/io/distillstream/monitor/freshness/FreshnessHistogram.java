package io.distillstream.monitor.freshness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * How many records took how long, as Prometheus has it.
 *
 * @param bounds upper bounds, inclusive, in seconds, ascending; without infinity
 * @param within records up to each bound, those of the bounds before it included
 * @param records all of them
 * @param sumSeconds of their times
 */
public record FreshnessHistogram(
    List<Double> bounds, List<Long> within, long records, double sumSeconds) {

  private static final List<Double> BOUNDS =
      List.of(
          0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0,
          3_600.0, 21_600.0, 86_400.0);

  public FreshnessHistogram {
    bounds = List.copyOf(bounds);
    within = List.copyOf(within);
  }

  /**
   * A histogram with the usual bounds and that of an objective.
   *
   * @param counts records within a time
   */
  static FreshnessHistogram of(
      ToLongFunction<Duration> counts, long records, double sumSeconds, Duration objective) {
    TreeSet<Double> bounds = new TreeSet<>(BOUNDS);
    bounds.add(objective.toMillis() / 1_000.0);
    List<Long> within = new ArrayList<>();
    for (double bound : bounds) {
      within.add(counts.applyAsLong(Duration.ofMillis(Math.round(bound * 1_000))));
    }
    return new FreshnessHistogram(new ArrayList<>(bounds), within, records, sumSeconds);
  }
}
