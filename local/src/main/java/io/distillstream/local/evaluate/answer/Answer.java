package io.distillstream.local.evaluate.answer;

import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.LogSpace;
import java.util.Arrays;

/** What a model answers to a text: the logarithms of its probabilities, [classes]. Immutable. */
public final class Answer {

  private final double[] logProbabilities;

  private Answer(double[] logProbabilities) {
    if (logProbabilities.length == 0) {
      throw new IllegalArgumentException("An answer has at least one class");
    }
    this.logProbabilities = logProbabilities;
  }

  /** The softmax of raw logits, [classes]. */
  public static Answer ofLogits(float[] logits) {
    return new Answer(LogSpace.logSoftmax(logits, 1));
  }

  /** Probabilities that sum to 1, [classes]. */
  public static Answer ofProbabilities(double... probabilities) {
    return new Answer(Arrays.stream(probabilities).map(Math::log).toArray());
  }

  /**
   * The same with its classes in another order: class {@code i} is {@code order[i]} of this one.
   */
  public Answer inOrder(int[] order) {
    return new Answer(Arrays.stream(order).mapToDouble(c -> logProbabilities[c]).toArray());
  }

  /** The most probable class, the first of equals. */
  public int label() {
    int best = 0;
    for (int c = 1; c < logProbabilities.length; c++) {
      if (logProbabilities[c] > logProbabilities[best]) {
        best = c;
      }
    }
    return best;
  }

  /** Number of classes. */
  public int classes() {
    return logProbabilities.length;
  }

  /** The probability of a class. */
  public double probability(int label) {
    return Math.exp(logProbabilities[label]);
  }

  /** The probability of {@link #label()}. */
  public double confidence() {
    return Math.exp(logProbabilities[label()]);
  }

  /**
   * {@code KL(teacher ‖ this)}, nats; infinite where this answer rules out a class that the teacher
   * does not.
   */
  public double divergenceFrom(Answer teacher) {
    return Divergence.FORWARD_KL.of(
        teacher.logProbabilities, logProbabilities, new double[logProbabilities.length]);
  }
}
