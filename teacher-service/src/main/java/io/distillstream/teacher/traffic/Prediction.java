package io.distillstream.teacher.traffic;

import java.util.Arrays;

/** A committed answer. */
final class Prediction {

  private final String requestId;
  private final float[] logits;

  /**
   * @param logits {@code [classes]}
   */
  Prediction(String requestId, float[] logits) {
    this.requestId = requestId;
    this.logits = logits.clone();
  }

  String requestId() {
    return requestId;
  }

  /** Softmax at temperature 1, {@code [classes]}. */
  double[] probabilities() {
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
