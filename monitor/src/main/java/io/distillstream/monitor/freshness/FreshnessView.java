package io.distillstream.monitor.freshness;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.payload.DurationHistogram;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How old records were when devices began to answer with what was learned from them. */
public final class FreshnessView {

  private static final int MAX_RECENT = 1_000;

  /** The age of an installation's records; kept for the recent figures. */
  private record Installation(Instant at, AgeHistogram ages) {}

  private final Duration recent;
  private final FreshnessObjective objective;
  private final AgeHistogram overall = new AgeHistogram();
  private final Deque<Installation> installations = new ArrayDeque<>();
  private final LegView legs;
  private final ErrorBudget budget;

  /**
   * @param recent span of the recent figures
   */
  public FreshnessView(Duration recent, FreshnessObjective objective) {
    this.recent = recent;
    this.objective = objective;
    this.legs = new LegView(recent);
    this.budget = new ErrorBudget(objective);
  }

  /** A checkpoint that devices may come to have. */
  public void checkpoint(Checkpoint checkpoint) {
    legs.checkpoint(checkpoint);
  }

  /** An update that devices may install. */
  public void update(ModelUpdate update) {
    legs.update(update);
  }

  /**
   * A device began to answer with a version.
   *
   * @param before what it answered with until then; null where that is not known
   * @return the ages of the records that it has learned so
   */
  public Freshness.Window installed(DeviceReport report, @Nullable Long before) {
    legs.installed(report, before);
    AgeHistogram ages = AgeHistogram.of(report.getEventTimes(), report.getAt());
    if (ages.records() > 0) {
      overall.add(ages);
      budget.installed(ages, report.getAt());
      installations.addLast(new Installation(report.getAt(), ages));
      if (installations.size() > MAX_RECENT) {
        installations.removeFirst();
      }
    }
    return ages.window();
  }

  /** All of it at a moment. */
  public Freshness status(Instant now) {
    AgeHistogram lately = new AgeHistogram();
    installations.removeIf(installation -> installation.at().isBefore(now.minus(recent)));
    installations.forEach(installation -> lately.add(installation.ages()));
    return new Freshness(
        overall.window(),
        lately.window(),
        recent.toSeconds(),
        new Freshness.Legs(legs.overall().summaries(), legs.recent(now).summaries()),
        budget.report(now));
  }

  /** Ages of all records, as Prometheus has them. */
  public FreshnessHistogram histogram() {
    return FreshnessHistogram.of(
        overall::recordsWithin, overall.records(), overall.sumSeconds(), objective.within());
  }

  /** Times of all records on each leg, likewise. */
  public Map<Leg, FreshnessHistogram> legHistograms() {
    Map<Leg, FreshnessHistogram> histograms = new EnumMap<>(Leg.class);
    for (Leg leg : Leg.values()) {
      DurationHistogram durations = legs.overall().of(leg);
      histograms.put(
          leg,
          FreshnessHistogram.of(
              time -> durations.recordsWithin(time.toMillis() / 1_000.0),
              durations.records(),
              durations.sumSeconds(),
              objective.within()));
    }
    return histograms;
  }
}
