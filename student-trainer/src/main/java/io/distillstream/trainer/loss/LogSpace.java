package io.distillstream.trainer.loss;

/** Distributions as logarithms, so that nothing under- or overflows. */
public final class LogSpace {
  private LogSpace() {}

  /** {@code log softmax(logits / temperature)}, {@code [classes]}. */
  public static double[] logSoftmax(float[] logits, double temperature) {
    double[] result = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      result[i] = logits[i] / temperature;
    }
    return normalize(result);
  }

  /** Takes {@code log Σ exp} off every value, in place. */
  static double[] normalize(double[] logits) {
    double normalizer = logSumExp(logits);
    for (int i = 0; i < logits.length; i++) {
      logits[i] -= normalizer;
    }
    return logits;
  }

  /** {@code log Σ exp(values)}; minus infinity without values, NaN if one is. */
  static double logSumExp(double[] values) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      max = Math.max(max, value);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }

  /** {@code log(exp(a) + exp(b))}, not both minus infinity. */
  static double logAdd(double a, double b) {
    double max = Math.max(a, b);
    return max + Math.log(Math.exp(a - max) + Math.exp(b - max));
  }

  /** {@code -Σ p log p}, nats. */
  static double entropy(double[] logP) {
    double sum = 0;
    for (double log : logP) {
      double p = Math.exp(log);
      sum -= p == 0 ? 0 : p * log;
    }
    return sum;
  }
}
