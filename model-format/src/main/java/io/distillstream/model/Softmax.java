package io.distillstream.model;

import java.util.Arrays;

/**
 * Probabilities from logits at temperature 1, computed without overflow. Of logits that are not all
 * finite the result holds NaN.
 */
public final class Softmax {
  private Softmax() {}

  /**
   * {@code exp(x) / Σ exp(x)}.
   *
   * @param logits {@code [classes]}, at least one
   * @return probabilities {@code [classes]}
   */
  public static double[] of(float[] logits) {
    double max = logits[ArgMax.of(logits)];
    double[] probabilities = new double[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = Math.exp(logits[c] - max);
    }
    double sum = Arrays.stream(probabilities).sum();
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] /= sum;
    }
    return probabilities;
  }

  /**
   * The largest of these probabilities: that of {@link ArgMax#of(float[])}.
   *
   * @param logits {@code [classes]}, at least one
   */
  public static double largest(float[] logits) {
    double max = logits[ArgMax.of(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return 1 / sum;
  }
}
