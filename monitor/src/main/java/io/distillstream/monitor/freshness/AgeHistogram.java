package io.distillstream.monitor.freshness;

import io.distillstream.avro.EventTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many records had which age, in steps that widen with it, rounded up: no age is told younger
 * than it was. Of devices that come back after weeks each record has an age of its own, so that
 * steps as fine as those of seconds would be millions. Histograms add up, so quantiles over many
 * installations are those over all their records.
 */
final class AgeHistogram {

  private static final double MILLIS_PER_SECOND = 1_000;

  /** Steps of this length, up to an age. */
  private record Resolution(Duration upTo, Duration step) {}

  private static final List<Resolution> RESOLUTIONS =
      List.of(
          new Resolution(Duration.ofMinutes(1), Duration.ofMillis(100)),
          new Resolution(Duration.ofHours(1), Duration.ofSeconds(1)),
          new Resolution(Duration.ofDays(7), Duration.ofMinutes(1)));

  /** Of ages beyond these. */
  private static final Duration COARSEST = Duration.ofHours(1);

  /** By the end of the step, in milliseconds. */
  private final TreeMap<Long, Long> counts = new TreeMap<>();

  private long records;
  private double sumSeconds;

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
      ages.count(millis, counts.get(i));
    }
    return ages;
  }

  private void count(long millis, long count) {
    if (count > 0) {
      counts.merge(stepEnd(millis), count, Long::sum);
      records += count;
      sumSeconds += millis / MILLIS_PER_SECOND * count;
    }
  }

  private static long stepEnd(long millis) {
    long step =
        RESOLUTIONS.stream()
            .filter(resolution -> millis <= resolution.upTo().toMillis())
            .findFirst()
            .map(Resolution::step)
            .orElse(COARSEST)
            .toMillis();
    return (millis + step - 1) / step * step;
  }

  void add(AgeHistogram other) {
    other.counts.forEach((end, count) -> counts.merge(end, count, Long::sum));
    records += other.records;
    sumSeconds += other.sumSeconds;
  }

  long records() {
    return records;
  }

  /** How many steps are held, which is what each of the figures goes through. */
  int steps() {
    return counts.size();
  }

  /** Records of this age at most; those of a step that ends later are not. */
  long recordsWithin(Duration age) {
    return counts.headMap(age.toMillis(), true).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Sum of the ages, in seconds, which is not rounded. */
  double sumSeconds() {
    return sumSeconds;
  }

  /** The age, in seconds, that this share of the records has at most; null without records. */
  @Nullable Double quantile(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * records));
    long seen = 0;
    for (Map.Entry<Long, Long> step : counts.entrySet()) {
      seen += step.getValue();
      if (seen >= rank) {
        return step.getKey() / MILLIS_PER_SECOND;
      }
    }
    return null;
  }

  Freshness.Window window() {
    return new Freshness.Window(records(), quantile(0.5), quantile(0.95), quantile(1));
  }
}
