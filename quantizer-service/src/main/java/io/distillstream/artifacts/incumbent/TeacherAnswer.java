package io.distillstream.artifacts.incumbent;

import io.distillstream.model.ArgMax;
import io.distillstream.model.Softmax;

/**
 * A teacher's distribution over the classes of one request: every class, or some by name and the
 * others, the tail, as one. Immutable; probabilities at temperature 1.
 */
public final class TeacherAnswer {
  private final int label;
  private final int classes;
  private final int[] indices;
  private final float[] probabilities;
  private final double tail;

  private TeacherAnswer(int label, int classes, int[] indices, float[] probabilities) {
    this.label = label;
    this.classes = classes;
    this.indices = indices;
    this.probabilities = probabilities;
    double named = 0;
    for (float probability : probabilities) {
      named += probability;
    }
    this.tail = Math.max(0, 1 - named);
  }

  /**
   * Of every class.
   *
   * @param logits {@code [classes]}, raw, finite
   */
  public static TeacherAnswer ofLogits(float[] logits) {
    double[] softmax = Softmax.of(logits);
    float[] probabilities = new float[logits.length];
    int[] indices = new int[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = (float) softmax[c];
      indices[c] = c;
    }
    return new TeacherAnswer(ArgMax.of(logits), logits.length, indices, probabilities);
  }

  /**
   * Of some classes.
   *
   * @param label the most probable class
   * @param classes all of them
   * @param indices distinct classes, {@code [named]}
   * @param probabilities of these, {@code [named]}
   * @throws IllegalArgumentException if that is no distribution over so many classes
   */
  public static TeacherAnswer ofNamed(
      int label, int classes, int[] indices, float[] probabilities) {
    boolean[] named = new boolean[classes];
    double sum = 0;
    for (int i = 0; i < indices.length; i++) {
      int c = indices[i];
      if (c < 0 || c >= classes || named[c] || !(probabilities[i] >= 0)) {
        throw new IllegalArgumentException(
            "class %d of %d with probability %s".formatted(c, classes, probabilities[i]));
      }
      named[c] = true;
      sum += probabilities[i];
    }
    if (label < 0 || label >= classes || indices.length != probabilities.length || sum > 1.05) {
      throw new IllegalArgumentException(
          "most probable class %d of %d; the probabilities of %d classes sum to %s"
              .formatted(label, classes, indices.length, sum));
    }
    return new TeacherAnswer(label, classes, indices.clone(), probabilities.clone());
  }

  /** The most probable class. */
  public int label() {
    return label;
  }

  public int classes() {
    return classes;
  }

  /**
   * How much of its distribution a student shares: {@code Σ min(p, q)}, where the tail counts as
   * one class. That is 1 minus the distance in total variation, and the largest probability with
   * which a class drawn from p and one drawn from q can be the same (Levin, Peres and Wilmer,
   * Markov Chains and Mixing Times, proposition 4.7).
   *
   * @param logits of the student, {@code [classes]}
   * @return in [0, 1]
   */
  public double overlap(float[] logits) {
    if (logits.length != classes) {
      throw new IllegalArgumentException(
          "expected logits of %d classes, got %d".formatted(classes, logits.length));
    }
    double[] student = Softmax.of(logits);
    double shared = 0;
    double left = 1;
    for (int i = 0; i < indices.length; i++) {
      double probability = student[indices[i]];
      shared += Math.min(probabilities[i], probability);
      left -= probability;
    }
    return Math.min(1, shared + Math.min(tail, Math.max(0, left)));
  }
}
