package io.distillstream.trainer.loss;

import java.util.List;

/**
 * One term of a batch's loss: its mean over the rows that count and the gradient of that mean.
 *
 * <p>Rows that do not count have no part in value, gradient or divisor, so that padding or a
 * sequence that ends early makes no other row weigh less. Without any row that counts, all is zero.
 *
 * @param value nats per counted row
 * @param gradient with respect to the network's output, row-major {@code [rows, columns]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record LossTerm(double value, double[] gradient) {

  /**
   * Mean of {@code τ² D(teacher, student)}.
   *
   * @param student logits {@code [rows, classes]}; whatever is not finite makes the value so
   * @param targets per row
   * @see SoftTarget#distillation
   */
  public static LossTerm distillation(
      float[][] student, List<SoftTarget> targets, Divergence divergence, double temperature) {
    return mean(
        student,
        targets,
        (row, gradient) ->
            targets.get(row).distillation(student[row], divergence, temperature, gradient));
  }

  /**
   * Mean of {@code -log softmax(student)[y]}, at temperature 1.
   *
   * @param student logits {@code [rows, classes]}
   * @param truth y per row; where it is negative, the teacher's most probable class stands in
   */
  public static LossTerm crossEntropy(float[][] student, List<SoftTarget> targets, int[] truth) {
    return mean(
        student,
        targets,
        (row, gradient) -> {
          int answer = truth[row] < 0 ? targets.get(row).answer() : truth[row];
          double[] logQ = LogSpace.logSoftmax(student[row], 1);
          for (int c = 0; c < logQ.length; c++) {
            gradient[c] = Math.exp(logQ[c]) - (c == answer ? 1 : 0);
          }
          return -logQ[answer];
        });
  }

  /** The loss of one row; writes its gradient. */
  private interface RowLoss {
    double of(int row, double[] gradient);
  }

  private static LossTerm mean(float[][] student, List<SoftTarget> targets, RowLoss loss) {
    int columns = student[0].length;
    int counted = (int) targets.stream().filter(SoftTarget::counts).count();
    double[] all = new double[student.length * columns];
    double[] gradient = new double[columns];
    double sum = 0;
    for (int row = 0; row < student.length; row++) {
      if (targets.get(row).counts()) {
        sum += loss.of(row, gradient);
        for (int c = 0; c < columns; c++) {
          all[row * columns + c] = gradient[c] / counted;
        }
      }
    }
    return new LossTerm(counted == 0 ? 0 : sum / counted, all);
  }

  /** {@code weight · this}. */
  public LossTerm times(double weight) {
    double[] scaled = new double[gradient.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = weight * gradient[i];
    }
    return new LossTerm(weight * value, scaled);
  }

  /**
   * The sum of two terms of the same output.
   *
   * @throws IllegalArgumentException if their gradients differ in length
   */
  public LossTerm plus(LossTerm other) {
    if (gradient.length != other.gradient.length) {
      throw new IllegalArgumentException(
          "gradients of %d and %d values".formatted(gradient.length, other.gradient.length));
    }
    double[] sum = new double[gradient.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = gradient[i] + other.gradient[i];
    }
    return new LossTerm(value + other.value, sum);
  }

  /** The gradient as the tensor library takes it. */
  public float[] floats() {
    float[] floats = new float[gradient.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) gradient[i];
    }
    return floats;
  }
}
