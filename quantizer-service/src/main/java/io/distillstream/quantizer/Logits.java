package io.distillstream.quantizer;

/** Arithmetic on logits [classes]. */
final class Logits {
  private Logits() {}

  /** Index of the largest; the first of equals. */
  static int argMax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Largest difference of two corresponding logits; NaN if one is not a number. */
  static double maxAbsDifference(float[] a, float[] b) {
    requireSameLength(a, b);
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }

  /** Sum of squared differences. */
  static double squaredDistance(float[] a, float[] b) {
    requireSameLength(a, b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }

  private static void requireSameLength(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "Expected as many logits, got %d and %d".formatted(a.length, b.length));
    }
  }
}
