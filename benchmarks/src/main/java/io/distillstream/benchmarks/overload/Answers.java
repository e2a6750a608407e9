package io.distillstream.benchmarks.overload;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What became of calls. Thread-safe. */
final class Answers {

  private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  void answered(double tookMillis) {
    millis.add(tookMillis);
  }

  void refused() {
    refused.incrementAndGet();
  }

  void failed() {
    failed.incrementAndGet();
  }

  /** Calls that were taken and answered. */
  int answered() {
    return millis.size();
  }

  /** Calls that were neither answered nor refused with 429. */
  long failures() {
    return failed.get();
  }

  double refusedShare() {
    return (double) refused.get() / (refused.get() + millis.size() + failed.get());
  }

  /** Of those that were answered, in ms; NaN without any. */
  double percentile(double percent) {
    List<Double> taken = List.copyOf(millis);
    if (taken.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = taken.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int index = (int) Math.ceil(percent / 100 * sorted.length) - 1;
    return sorted[Math.max(0, Math.min(sorted.length - 1, index))];
  }
}
