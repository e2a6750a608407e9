package io.distillstream.trainer.engine;

/**
 * The loss of one batch and its gradient with respect to the student's logits, in double precision.
 *
 * <pre>
 * loss = α τ² KL(softmax(t/τ) ‖ softmax(s/τ)) + (1 - α) CE(y, softmax(s))       mean over the batch
 * dloss/ds = [ α τ (softmax(s/τ) - softmax(t/τ)) + (1 - α) (softmax(s) - onehot(y)) ] / batch
 * </pre>
 *
 * with teacher logits t, student logits s, both {@code [batch, classes]}, and y the human label
 * where one is known, otherwise the teacher's most probable class. The factor τ² keeps the size of
 * the KL term's gradient independent of the temperature: Hinton, Vinyals, Dean, <a
 * href="https://arxiv.org/abs/1503.02531">Distilling the Knowledge in a Neural Network</a>, 2015,
 * section 2.
 *
 * @param kl {@code τ² KL}, mean over the batch, nats
 * @param crossEntropy mean over the batch, nats
 * @param total {@code α kl + (1 - α) crossEntropy}
 * @param gradient row-major {@code [batch, classes]}
 */
@SuppressWarnings("ArrayRecordComponent")
record DistillationLoss(double kl, double crossEntropy, double total, float[] gradient) {

  /**
   * @param student logits {@code [batch, classes]}; whatever is not finite makes the loss so
   * @param temperature τ
   * @param alpha weight of the KL term
   */
  static DistillationLoss of(
      float[][] student, TrainingBatch batch, double temperature, double alpha) {
    int size = batch.rows();
    int classes = batch.classes();
    float[] gradient = new float[size * classes];
    double klSum = 0;
    double crossEntropySum = 0;
    for (int row = 0; row < size; row++) {
      float[] teacher = batch.teacherLogits()[row];
      int known = batch.truth()[row];
      int target = known == TrainingBatch.UNKNOWN ? BatchScore.argmax(teacher) : known;
      double[] softTeacher = logSoftmax(teacher, temperature);
      double[] softStudent = logSoftmax(student[row], temperature);
      double[] plainStudent = logSoftmax(student[row], 1);
      crossEntropySum -= plainStudent[target];
      for (int c = 0; c < classes; c++) {
        double p = Math.exp(softTeacher[c]);
        klSum += p * (softTeacher[c] - softStudent[c]);
        double soft = temperature * (Math.exp(softStudent[c]) - p);
        double hard = Math.exp(plainStudent[c]) - (c == target ? 1 : 0);
        gradient[row * classes + c] = (float) ((alpha * soft + (1 - alpha) * hard) / size);
      }
    }
    double kl = temperature * temperature * klSum / size;
    double crossEntropy = crossEntropySum / size;
    return new DistillationLoss(
        kl, crossEntropy, alpha * kl + (1 - alpha) * crossEntropy, gradient);
  }

  /** {@code log softmax(values / temperature)}. */
  private static double[] logSoftmax(float[] values, double temperature) {
    double max = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      max = Math.max(max, value);
    }
    double[] result = new double[values.length];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      result[i] = (values[i] - max) / temperature;
      sum += Math.exp(result[i]);
    }
    double normalizer = Math.log(sum);
    for (int i = 0; i < values.length; i++) {
      result[i] -= normalizer;
    }
    return result;
  }
}
