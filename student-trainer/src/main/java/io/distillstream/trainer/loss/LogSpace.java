package io.distillstream.trainer.loss;

import io.distillstream.wire.opinion.LogMath;

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
    double normalizer = LogMath.sum(logits);
    for (int i = 0; i < logits.length; i++) {
      logits[i] -= normalizer;
    }
    return logits;
  }

  /** {@code log(exp(a) + exp(b))}, not both minus infinity. */
  static double logAdd(double a, double b) {
    double max = Math.max(a, b);
    return max + Math.log(Math.exp(a - max) + Math.exp(b - max));
  }
}
