package io.distillstream.wire.opinion;

/** Probabilities by their natural logarithms. */
public final class LogMath {
  private LogMath() {}

  /**
   * Logarithm of the sum of the exponentials; minus infinity for none, or where all are so, and NaN
   * if one is.
   */
  public static double sum(double... logs) {
    double max = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      max = Math.max(max, log);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - max);
    }
    return max + Math.log(sum);
  }

  /** Log-probabilities of logits. */
  public static double[] normalized(double[] logits) {
    double mass = sum(logits);
    double[] logs = new double[logits.length];
    for (int c = 0; c < logs.length; c++) {
      logs[c] = logits[c] - mass;
    }
    return logs;
  }

  /** Entropy of log-probabilities, nats. */
  public static double entropy(double[] logs) {
    double entropy = 0;
    for (double log : logs) {
      if (log != Double.NEGATIVE_INFINITY) {
        entropy -= Math.exp(log) * log;
      }
    }
    return entropy;
  }
}
