package io.distillstream.wire.payload;

import io.distillstream.avro.EventTimes;
import io.distillstream.update.ArrivalCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many records were received when, in buckets of 100 ms. It travels from the trainer to the
 * device, where the time of installation minus a bucket's start is the freshness of its records.
 *
 * <p>There are no more buckets than an update may have ({@link ArrivalCounts#bound}); where there
 * would be, they are longer. Not thread-safe.
 */
public final class EventTimeHistogram {

  public static final int BUCKET_MILLIS = ArrivalCounts.BUCKET_MILLIS;

  private final TreeMap<Long, Long> counts = new TreeMap<>();

  public static EventTimeHistogram from(EventTimes times) {
    EventTimeHistogram histogram = new EventTimeHistogram();
    histogram.merge(times);
    return histogram;
  }

  public void add(Instant receivedAt) {
    counts.merge(Math.floorDiv(receivedAt.toEpochMilli(), BUCKET_MILLIS), 1L, Long::sum);
    ArrivalCounts.bound(counts, 1);
  }

  /**
   * Adds another's counts.
   *
   * @throws IllegalArgumentException if its arrays differ in length or its buckets are not positive
   */
  public void merge(EventTimes times) {
    List<Long> starts = times.getStartsMillis();
    List<Long> others = times.getCounts();
    if (starts.size() != others.size() || times.getBucketMillis() < 1) {
      throw new IllegalArgumentException(
          "Event times have "
              + starts.size()
              + " starts, "
              + others.size()
              + " counts and buckets of "
              + times.getBucketMillis()
              + " ms; expected as many counts as starts and positive buckets");
    }
    for (int i = 0; i < starts.size(); i++) {
      counts.merge(Math.floorDiv(starts.get(i), BUCKET_MILLIS), others.get(i), Long::sum);
    }
    ArrivalCounts.bound(counts, 1);
  }

  public EventTimes toAvro() {
    List<Long> starts = new ArrayList<>(counts.size());
    counts.keySet().forEach(bucket -> starts.add(bucket * BUCKET_MILLIS));
    return new EventTimes(BUCKET_MILLIS, starts, new ArrayList<>(counts.values()));
  }

  public long records() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  public void clear() {
    counts.clear();
  }

  /**
   * The age, in milliseconds, that a share of the records has at most at {@code now}: a record
   * counts as received at the start of its bucket, so the age is over- and never underestimated.
   *
   * @param quantile in [0, 1]
   * @return 0 where there are no records
   */
  public long ageQuantileMillis(Instant now, double quantile) {
    long rank = Math.max(1, (long) Math.ceil(quantile * records()));
    long seen = 0;
    for (Map.Entry<Long, Long> bucket : counts.descendingMap().entrySet()) {
      seen += bucket.getValue();
      if (seen >= rank) {
        return now.toEpochMilli() - bucket.getKey() * BUCKET_MILLIS;
      }
    }
    return 0;
  }
}
