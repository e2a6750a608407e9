package io.distillstream.update;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * When the requests that a model learned from were received: records by the start of their bucket
 * of 100 ms. The time of installation minus a bucket's start is the freshness of its records.
 *
 * @param byStartMillis number of records by start of the bucket, epoch milliseconds
 */
public record ArrivalCounts(NavigableMap<Long, Long> byStartMillis) {

  /** Of no records. */
  public static final ArrivalCounts NONE = new ArrivalCounts(new TreeMap<>());

  public ArrivalCounts {
    byStartMillis = Collections.unmodifiableNavigableMap(new TreeMap<>(byStartMillis));
  }

  /** Of these records and those of another. */
  public ArrivalCounts plus(ArrivalCounts other) {
    TreeMap<Long, Long> sum = new TreeMap<>(byStartMillis);
    for (Map.Entry<Long, Long> bucket : other.byStartMillis.entrySet()) {
      sum.merge(bucket.getKey(), bucket.getValue(), Long::sum);
    }
    return new ArrivalCounts(sum);
  }
}
