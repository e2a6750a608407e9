package io.distillstream.monitor.freshness;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How old records were when a device had learned them.
 *
 * @param overall of every installation still on the topic
 * @param recent of the installations of the last {@code recentSeconds}
 * @param legs where that time went
 * @param objective how the objective for it is kept
 */
public record Freshness(
    Window overall, Window recent, long recentSeconds, Legs legs, ErrorBudget.Report objective) {

  /**
   * Quantiles over records, in seconds, rounded up to 0.1 s, from a minute on to 1 s, from an hour
   * on to 1 min, from a week on to 1 h; null where there are no records.
   */
  public record Window(
      long records, @Nullable Double p50, @Nullable Double p95, @Nullable Double max) {}

  /** The legs of the way from the request to a device, in order; of all, and of recent, ones. */
  public record Legs(List<LegDurations.Summary> overall, List<LegDurations.Summary> recent) {}
}
