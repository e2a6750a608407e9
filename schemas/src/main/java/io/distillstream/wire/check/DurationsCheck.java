package io.distillstream.wire.check;

import io.distillstream.avro.DurationCounts;
import io.distillstream.wire.payload.DurationHistogram;
import java.util.List;

/** Histograms of durations, which are added up for ever. */
final class DurationsCheck {
  private DurationsCheck() {}

  static void check(String field, DurationCounts durations) {
    List<Integer> buckets = durations.getBuckets();
    List<Long> counts = durations.getCounts();
    if (buckets.size() != counts.size()) {
      throw new IllegalArgumentException(
          "%s has %d buckets and %d counts, expected as many"
              .formatted(field, buckets.size(), counts.size()));
    }
    buckets.forEach(
        bucket -> Require.between(field + ".buckets", bucket, 0, DurationHistogram.LAST_BUCKET));
    counts.forEach(count -> Require.count(field + ".counts", count));
    double sum = durations.getSumSeconds();
    if (!(sum >= 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "%s.sum_seconds is %s, expected a finite number from 0".formatted(field, sum));
    }
  }
}
