package io.distillstream.update;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * When the requests that a model learned from were received: records by the start of their bucket,
 * which is 100 ms long, or longer where there are many. The time of installation minus a bucket's
 * start is the freshness of its records.
 *
 * @param byStartMillis number of records by start of the bucket, epoch milliseconds
 */
public record ArrivalCounts(NavigableMap<Long, Long> byStartMillis) {

  public static final int BUCKET_MILLIS = 100;

  /**
   * Most buckets that are kept. Records of a topic and reports of a device are refused above 1 MiB,
   * and a bucket has some 25 bytes in a signed update.
   */
  public static final int MOST_BUCKETS = 10_000;

  /** Of no records. */
  public static final ArrivalCounts NONE = new ArrivalCounts(new TreeMap<>());

  public ArrivalCounts {
    byStartMillis = Collections.unmodifiableNavigableMap(new TreeMap<>(byStartMillis));
  }

  /** Of those alone that were received from a time on. */
  public ArrivalCounts since(Instant start) {
    return new ArrivalCounts(byStartMillis.tailMap(start.toEpochMilli(), true));
  }

  /** Of these records and those of another. */
  public ArrivalCounts plus(ArrivalCounts other) {
    TreeMap<Long, Long> sum = new TreeMap<>(byStartMillis);
    for (Map.Entry<Long, Long> bucket : other.byStartMillis.entrySet()) {
      sum.merge(bucket.getKey(), bucket.getValue(), Long::sum);
    }
    bound(sum, BUCKET_MILLIS);
    return new ArrivalCounts(sum);
  }

  /**
   * Makes buckets twice as long, where there are more than {@link #MOST_BUCKETS}, until half as
   * many or fewer are left. Records then count as received earlier than they were, so that their
   * age is never underestimated.
   *
   * @param counts number of records by start of the bucket
   * @param length of a bucket, in the unit of the starts
   */
  public static void bound(NavigableMap<Long, Long> counts, long length) {
    if (counts.size() <= MOST_BUCKETS) {
      return;
    }
    for (long longer = 2 * length; counts.size() > MOST_BUCKETS / 2; longer *= 2) {
      TreeMap<Long, Long> merged = new TreeMap<>();
      for (Map.Entry<Long, Long> bucket : counts.entrySet()) {
        merged.merge(Math.floorDiv(bucket.getKey(), longer) * longer, bucket.getValue(), Long::sum);
      }
      counts.clear();
      counts.putAll(merged);
    }
  }
}
