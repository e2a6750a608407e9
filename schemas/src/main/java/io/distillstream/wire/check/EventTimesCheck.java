package io.distillstream.wire.check;

import io.distillstream.avro.EventTimes;
import java.time.Duration;
import java.util.List;

/** Histograms of times, which are added up for ever. */
final class EventTimesCheck {
  private static final int LONGEST_BUCKET_MILLIS = Math.toIntExact(Duration.ofDays(1).toMillis());

  private EventTimesCheck() {}

  static void check(EventTimes times) {
    Require.between("event_times.bucket_millis", times.getBucketMillis(), 1, LONGEST_BUCKET_MILLIS);
    List<Long> starts = times.getStartsMillis();
    List<Long> counts = times.getCounts();
    if (starts.size() != counts.size()) {
      throw new IllegalArgumentException(
          "event_times has %d starts and %d counts, expected as many"
              .formatted(starts.size(), counts.size()));
    }
    counts.forEach(count -> Require.count("event_times.counts", count));
    long latest = Require.LATEST.toEpochMilli();
    starts.forEach(start -> Require.between("event_times.starts_millis", start, 0, latest));
  }
}
