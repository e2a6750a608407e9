package io.distillstream.update;

import com.grack.nanojson.JsonStringWriter;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.JsonFields;
import java.util.List;
import java.util.TreeMap;

/** {@link ArrivalCounts} as two arrays of one length: the buckets' starts and their records. */
final class ArrivalsJson {

  private static final String STARTS = "starts_millis";
  private static final String COUNTS = "counts";

  private ArrivalsJson() {}

  static void write(JsonStringWriter json, ArrivalCounts arrivals) {
    json.object("arrivals")
        .array(STARTS, arrivals.byStartMillis().keySet())
        .array(COUNTS, arrivals.byStartMillis().values())
        .end();
  }

  static ArrivalCounts read(JsonFields root) {
    JsonFields arrivals = root.object("arrivals");
    List<Long> starts = arrivals.wholeNumbers(STARTS, 0, Bounds.LATEST_MILLIS);
    List<Long> counts = arrivals.wholeNumbers(COUNTS, 0, Bounds.LARGEST_COUNT);
    if (starts.size() != counts.size()) {
      throw new InvalidJsonException(
          arrivals.place(COUNTS),
          String.format(
              "'%s' has %d items, expected as many as '%s', which has %d",
              arrivals.place(COUNTS), counts.size(), arrivals.place(STARTS), starts.size()));
    }
    TreeMap<Long, Long> byStart = new TreeMap<>();
    for (int i = 0; i < starts.size(); i++) {
      byStart.merge(starts.get(i), counts.get(i), Long::sum);
    }
    return new ArrivalCounts(byStart);
  }
}
