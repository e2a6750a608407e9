package io.distillstream.benchmarks.measure;

import java.util.stream.DoubleStream;

/** Quantiles of measured values, of which there has to be at least one. */
public final class Quantiles {

  private Quantiles() {}

  /** The middle, or the mean of the two in the middle. */
  public static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * The value that this share of all is not above, one of those measured.
   *
   * @param share 0 for the least, 1 for the largest
   */
  public static double of(DoubleStream values, double share) {
    double[] sorted = values.sorted().toArray();
    return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
  }
}
