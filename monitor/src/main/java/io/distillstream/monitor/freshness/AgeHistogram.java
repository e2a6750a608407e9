package io.distillstream.monitor.freshness;

import io.distillstream.avro.EventTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many records had which age, in steps of 0.1 s, rounded up: no age is told younger than it
 * was. Histograms add up, so quantiles over many installations are those over all their records.
 */
final class AgeHistogram {

  private static final long STEP_MILLIS = 100;

  private final TreeMap<Long, Long> counts = new TreeMap<>();

  /** Ages at {@code now} of the records received at these times. */
  static AgeHistogram of(EventTimes receivedAt, Instant now) {
    AgeHistogram ages = new AgeHistogram();
    List<Long> starts = receivedAt.getStartsMillis();
    List<Long> counts = receivedAt.getCounts();
    if (starts.size() != counts.size()) {
      throw new IllegalArgumentException(
          "Event times have %d starts and %d counts".formatted(starts.size(), counts.size()));
    }
    for (int i = 0; i < starts.size(); i++) {
      // Clocks of two machines differ: an age below zero is none.
      long millis = Math.max(0, now.toEpochMilli() - starts.get(i));
      ages.counts.merge(
          (millis + STEP_MILLIS - 1) / STEP_MILLIS, Math.max(0, counts.get(i)), Long::sum);
    }
    return ages;
  }

  void add(AgeHistogram other) {
    other.counts.forEach((step, count) -> counts.merge(step, count, Long::sum));
  }

  long records() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Records of this age at most. */
  long recordsWithin(Duration age) {
    return counts.headMap(age.toMillis() / STEP_MILLIS, true).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** Sum of the ages, in seconds. */
  double sumSeconds() {
    return counts.entrySet().stream()
        .mapToDouble(step -> step.getKey() * STEP_MILLIS / 1000.0 * step.getValue())
        .sum();
  }

  /** The age, in seconds, that this share of the records has at most; null without records. */
  @Nullable Double quantile(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * records()));
    long seen = 0;
    for (Map.Entry<Long, Long> step : counts.entrySet()) {
      seen += step.getValue();
      if (seen >= rank) {
        return step.getKey() * STEP_MILLIS / 1000.0;
      }
    }
    return null;
  }

  Freshness.Window window() {
    return new Freshness.Window(records(), quantile(0.5), quantile(0.95), quantile(1));
  }
}
