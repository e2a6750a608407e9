package io.distillstream.trainer.loss;

import io.distillstream.wire.opinion.LogMath;
import java.util.List;

/** How much softer a teacher is at a temperature than the student at temperature 1. */
public final class EntropyGap {
  private EntropyGap() {}

  /**
   * Mean over rows of {@code H(softmax(t/τ)) - H(softmax(s))}.
   *
   * @param student logits {@code [rows, classes]}
   * @param temperature τ
   * @return nats; NaN without a row whose target tells the teacher's entropy
   */
  public static double of(float[][] student, List<SoftTarget> targets, double temperature) {
    double sum = 0;
    int rows = 0;
    for (int row = 0; row < student.length; row++) {
      double entropy = targets.get(row).entropy(temperature);
      if (!Double.isNaN(entropy)) {
        sum += entropy - LogMath.entropy(LogSpace.logSoftmax(student[row], 1));
        rows++;
      }
    }
    return sum / rows;
  }
}
