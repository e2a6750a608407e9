package io.distillstream.teacher.queue;

import io.distillstream.model.Softmax;

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
    return Softmax.of(logits);
  }
}
