package io.distillstream.trainer.loss;

import java.util.Arrays;

/**
 * Nothing was said: a position of a sequence without a teacher's opinion, or after the end. Such a
 * row weighs nothing, whatever the student answers.
 */
public record AbsentTarget(int classes) implements SoftTarget {

  /** Stands where a target has no most probable class. */
  public static final int NO_ANSWER = -1;

  @Override
  public int answer() {
    return NO_ANSWER;
  }

  @Override
  public double distillation(
      float[] student, Divergence divergence, double temperature, double[] gradient) {
    Arrays.fill(gradient, 0);
    return 0;
  }

  @Override
  public double entropy(double temperature) {
    return Double.NaN;
  }
}
