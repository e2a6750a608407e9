package io.distillstream.trainer.objective;

/** The distillation loss of one text, written from its formula alone. */
public final class LossByDefinition {
  private LossByDefinition() {}

  public static double of(
      double[] teacher, double[] student, int target, double tau, double alpha) {
    double kl = 0;
    for (int c = 0; c < teacher.length; c++) {
      double p = softmax(teacher, c, tau);
      kl += p * Math.log(p / softmax(student, c, tau));
    }
    return alpha * tau * tau * kl - (1 - alpha) * Math.log(softmax(student, target, 1));
  }

  private static double softmax(double[] logits, int at, double tau) {
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp((logit - logits[at]) / tau);
    }
    return 1 / sum;
  }
}
