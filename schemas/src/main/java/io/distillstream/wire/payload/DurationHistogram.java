package io.distillstream.wire.payload;

import io.distillstream.avro.DurationCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long something took for how many records, in buckets each a tenth longer than the one before
 * it, from a millisecond to years. Quantiles are over- and never underestimated, by a tenth at
 * most; means are exact. Not thread-safe.
 */
public final class DurationHistogram {

  private static final double GROWTH = 1.1;

  /** Takes what is longer, too; ends at 53 years. */
  public static final int LAST_BUCKET = 294;

  private static final double MILLIS_PER_SECOND = 1_000;

  private final TreeMap<Integer, Long> counts = new TreeMap<>();
  private double sumSeconds;

  public static DurationHistogram from(DurationCounts durations) {
    DurationHistogram histogram = new DurationHistogram();
    histogram.merge(durations);
    return histogram;
  }

  /**
   * Counts records that took so long.
   *
   * @param time counts as none where it is negative: clocks of two machines differ
   */
  public void add(Duration time, long records) {
    if (records > 0) {
      long millis = Math.max(0, time.toMillis());
      counts.merge(bucket(millis), records, Long::sum);
      sumSeconds += millis / MILLIS_PER_SECOND * records;
    }
  }

  /**
   * Adds another's counts.
   *
   * @throws IllegalArgumentException if its arrays differ in length
   */
  public void merge(DurationCounts durations) {
    List<Integer> buckets = durations.getBuckets();
    List<Long> others = durations.getCounts();
    if (buckets.size() != others.size()) {
      throw new IllegalArgumentException(
          "Durations have %d buckets and %d counts".formatted(buckets.size(), others.size()));
    }
    for (int i = 0; i < buckets.size(); i++) {
      counts.merge(buckets.get(i), others.get(i), Long::sum);
    }
    sumSeconds += durations.getSumSeconds();
  }

  /** Adds another's counts. */
  public void merge(DurationHistogram other) {
    other.counts.forEach((bucket, records) -> counts.merge(bucket, records, Long::sum));
    sumSeconds += other.sumSeconds;
  }

  public DurationCounts toAvro() {
    return new DurationCounts(
        new ArrayList<>(counts.keySet()), new ArrayList<>(counts.values()), sumSeconds);
  }

  public long records() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Sum of all durations, in seconds. */
  public double sumSeconds() {
    return sumSeconds;
  }

  /** Records that took a time, in seconds, at most; those of a bucket that ends later do not. */
  public long recordsWithin(double seconds) {
    long within = 0;
    for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
      if (endSeconds(bucket.getKey()) > seconds) {
        break;
      }
      within += bucket.getValue();
    }
    return within;
  }

  /**
   * The time, in seconds, that a share of the records took at most.
   *
   * @param quantile in [0, 1]
   * @return NaN where there are no records
   */
  public double quantileSeconds(double quantile) {
    long rank = Math.max(1, (long) Math.ceil(quantile * records()));
    long seen = 0;
    for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
      seen += bucket.getValue();
      if (seen >= rank) {
        return endSeconds(bucket.getKey());
      }
    }
    return Double.NaN;
  }

  public void clear() {
    counts.clear();
    sumSeconds = 0;
  }

  private static int bucket(long millis) {
    if (millis <= 1) {
      return 0;
    }
    int bucket = (int) Math.ceil(Math.log((double) millis) / Math.log(GROWTH));
    // The logarithm may be off by a rounding where a bucket ends.
    return Math.min(LAST_BUCKET, Math.pow(GROWTH, bucket - 1.0) >= millis ? bucket - 1 : bucket);
  }

  private static double endSeconds(int bucket) {
    return Math.pow(GROWTH, bucket) / MILLIS_PER_SECOND;
  }
}
