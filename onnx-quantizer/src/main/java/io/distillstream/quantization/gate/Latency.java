package io.distillstream.quantization.gate;

import java.util.Arrays;

/**
 * How long calls took, nanoseconds.
 *
 * @param median of all calls
 * @param p95 nearest-rank 95th percentile
 */
public record Latency(double median, double p95) {

  /** Of at least one call. */
  static Latency of(long[] nanos) {
    if (nanos.length == 0) {
      throw new IllegalArgumentException("No call was timed");
    }
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    int rank = (int) Math.ceil(0.95 * sorted.length);
    return new Latency(median, sorted[rank - 1]);
  }
}
