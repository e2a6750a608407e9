package io.distillstream.teacher.queue;

import java.util.Arrays;

/** What a caller is answered. */
public final class Prediction {

  private final String requestId;
  private final float[] logits;

  /**
   * @param logits {@code [classes]}
   */
  public Prediction(String requestId, float[] logits) {
    this.requestId = requestId;
    this.logits = logits.clone();
  }

  public String requestId() {
    return requestId;
  }

  /** Softmax at temperature 1, {@code [classes]}. */
  public double[] probabilities() {
    double max = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
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
}
