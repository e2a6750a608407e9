package io.distillstream.benchmarks.quantize;

import java.util.List;

/**
 * How much more often one model is right than another on the same samples.
 *
 * <p>With {@code d = 1} where only the first is right, {@code -1} where only the second is, and 0
 * elsewhere, over {@code n} samples:
 *
 * <pre>
 * mean = Σd / n      standardError = √((Σd² - n · mean²) / (n - 1) / n)
 * </pre>
 *
 * <p>What both get right or wrong adds no chance, so it is far less than the errors of the two
 * accuracies by themselves.
 *
 * @param mean share of samples, from -1 to 1
 * @param standardError of the mean
 */
record PairedDifference(double mean, double standardError) {

  /**
   * Compares two models.
   *
   * @param first classes that the first one sees
   * @param second classes that the second one sees
   * @param truth by sample, at least two
   */
  static PairedDifference of(List<Integer> first, List<Integer> second, List<Integer> truth) {
    int n = truth.size();
    long sum = 0;
    long squares = 0;
    for (int i = 0; i < n; i++) {
      int right = first.get(i).equals(truth.get(i)) ? 1 : 0;
      int difference = right - (second.get(i).equals(truth.get(i)) ? 1 : 0);
      sum += difference;
      squares += (long) difference * difference;
    }
    double mean = (double) sum / n;
    return new PairedDifference(mean, Math.sqrt((squares - n * mean * mean) / (n - 1) / n));
  }
}
