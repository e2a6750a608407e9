package io.distillstream.wire.payload;

import java.util.List;

/**
 * One set of logits from several teachers' opinions: their mean.
 *
 * <p>The softmax of the mean logits is the normalized geometric mean of the teachers'
 * distributions, at every temperature, so that the student may soften the result as it would a
 * single teacher's. Weighing the teachers by their record goes here.
 */
public final class TeacherConsensus {
  private TeacherConsensus() {}

  /**
   * The mean, class by class.
   *
   * @param opinions raw logits {@code [teachers][classes]}, at least one teacher, equally long
   * @return raw logits {@code [classes]}
   */
  public static float[] of(List<float[]> opinions) {
    if (opinions.size() == 1) {
      return opinions.get(0);
    }
    float[] mean = new float[opinions.get(0).length];
    for (int c = 0; c < mean.length; c++) {
      double sum = 0;
      for (float[] logits : opinions) {
        sum += logits[c];
      }
      mean[c] = (float) (sum / opinions.size());
    }
    return mean;
  }
}
