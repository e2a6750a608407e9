package io.distillstream.monitor.freshness;

import io.distillstream.avro.DurationCounts;
import io.distillstream.wire.payload.DurationHistogram;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How long records took on each leg. Not thread-safe. */
final class LegDurations {

  private final Map<Leg, DurationHistogram> legs = new EnumMap<>(Leg.class);

  LegDurations() {
    for (Leg leg : Leg.values()) {
      legs.put(leg, new DurationHistogram());
    }
  }

  void add(Leg leg, DurationCounts durations) {
    of(leg).merge(durations);
  }

  void add(Leg leg, Duration time, long records) {
    of(leg).add(time, records);
  }

  void add(LegDurations other) {
    other.legs.forEach((leg, durations) -> of(leg).merge(durations));
  }

  DurationHistogram of(Leg leg) {
    return Objects.requireNonNull(legs.get(leg));
  }

  List<Summary> summaries() {
    return Stream.of(Leg.values()).map(leg -> summary(leg, of(leg))).toList();
  }

  private static Summary summary(Leg leg, DurationHistogram durations) {
    long records = durations.records();
    return new Summary(
        leg.label(),
        records,
        records == 0 ? null : durations.sumSeconds() / records,
        quantile(durations, 0.5),
        quantile(durations, 0.95),
        quantile(durations, 0.99));
  }

  private static @Nullable Double quantile(DurationHistogram durations, double share) {
    double seconds = durations.quantileSeconds(share);
    return Double.isNaN(seconds) ? null : seconds;
  }

  /**
   * What is shown of a leg; null where no records are known.
   *
   * @param mean seconds, exact
   * @param p50 seconds, over by a tenth at most, like {@code p95} and {@code p99}
   */
  public record Summary(
      String leg,
      long records,
      @Nullable Double mean,
      @Nullable Double p50,
      @Nullable Double p95,
      @Nullable Double p99) {}
}
