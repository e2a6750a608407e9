package io.distillstream.trainer.engine;

/**
 * How a student did on a batch, as sums so that batches add up.
 *
 * @param records rows of logits in the batch: one per record of a classifier
 * @param agreeing records whose most probable class is the teacher's
 * @param klSum sum over records of KL(teacher ‖ student) at temperature 1, nats
 * @param truthKnown records with a human label
 * @param correct records among them whose most probable class is that label
 */
public record BatchScore(int records, int agreeing, double klSum, int truthKnown, int correct) {

  /** Nothing scored yet. */
  public static final BatchScore NONE = new BatchScore(0, 0, 0, 0, 0);

  /** Scores student logits {@code [batch, classes]} against the batch's teacher and truth. */
  public static BatchScore of(float[][] studentLogits, TrainingBatch batch) {
    int agreeing = 0;
    int known = 0;
    int correct = 0;
    double kl = 0;
    for (int row = 0; row < batch.rows(); row++) {
      float[] teacher = batch.teacherLogits()[row];
      int answer = argmax(studentLogits[row]);
      agreeing += answer == argmax(teacher) ? 1 : 0;
      kl += kl(teacher, studentLogits[row]);
      if (batch.truth()[row] != TrainingBatch.UNKNOWN) {
        known++;
        correct += answer == batch.truth()[row] ? 1 : 0;
      }
    }
    return new BatchScore(batch.rows(), agreeing, kl, known, correct);
  }

  public BatchScore plus(BatchScore other) {
    return new BatchScore(
        records + other.records,
        agreeing + other.agreeing,
        klSum + other.klSum,
        truthKnown + other.truthKnown,
        correct + other.correct);
  }

  /** Share of records that agree; NaN without records. */
  public double agreement() {
    return (double) agreeing / records;
  }

  /** Mean KL per record, nats; NaN without records. */
  public double meanKl() {
    return klSum / records;
  }

  /** Share of correct answers where the truth is known; NaN where it never is. */
  public double accuracy() {
    return (double) correct / truthKnown;
  }

  /** Index of the largest value, the first of equals. */
  public static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /** {@code Σ p (log p - log q)} for the softmax p and q of two logit vectors, nats. */
  static double kl(float[] p, float[] q) {
    double pNormalizer = logSumExp(p);
    double qNormalizer = logSumExp(q);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double logP = p[i] - pNormalizer;
      sum += Math.exp(logP) * (logP - (q[i] - qNormalizer));
    }
    // Rounding may leave -1e-17 for equal distributions.
    return Math.max(0, sum);
  }

  private static double logSumExp(float[] values) {
    double max = values[argmax(values)];
    double sum = 0;
    for (float value : values) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }
}
