package io.distillstream.trainer.loss;

/**
 * How far a student's distribution q is from a teacher's p. None is negative, and each is zero
 * where the two are equal and nowhere else.
 *
 * <p>Which one matters where the student cannot follow the teacher everywhere: the forward KL makes
 * it cover all that the teacher deems possible, the reverse KL makes it keep to what the teacher
 * deems likely, Jensen-Shannon lies between the two and is bounded.
 */
public sealed interface Divergence {

  /** {@code KL(p ‖ q)}, what distillation has minimized since Hinton et al. (2015). */
  Divergence FORWARD_KL = new ForwardKl();

  /** {@code KL(q ‖ p)}. */
  Divergence REVERSE_KL = new ReverseKl();

  /**
   * The divergence and its gradient with respect to the logits of q.
   *
   * @param logP logarithms of a distribution, {@code [classes]}
   * @param logQ the same of the student's, finite
   * @param gradient receives {@code [classes]}: the derivative by u where q = softmax(u)
   * @return nats
   */
  double of(double[] logP, double[] logQ, double[] gradient);

  /**
   *
   *
   * <pre>
   * Σ p (log p - log q)          d/du = q - p
   * </pre>
   */
  record ForwardKl() implements Divergence {
    @Override
    public double of(double[] logP, double[] logQ, double[] gradient) {
      double sum = 0;
      for (int c = 0; c < logP.length; c++) {
        double p = Math.exp(logP[c]);
        // A class that the teacher rules out adds nothing; its logarithm may be minus infinity.
        sum += p == 0 ? 0 : p * (logP[c] - logQ[c]);
        gradient[c] = Math.exp(logQ[c]) - p;
      }
      return sum;
    }
  }

  /**
   *
   *
   * <pre>
   * R = Σ q (log q - log p)      d/du = q (log q - log p - R)
   * </pre>
   *
   * Seeks modes instead of covering them: a student too small for all of the teacher's answers does
   * not spread over answers that the teacher would hardly give. Gu, Dong, Wei, Huang, <a
   * href="https://arxiv.org/abs/2306.08543">MiniLLM: Knowledge Distillation of Large Language
   * Models</a>, 2024. Here both distributions are known in full, so no policy gradient is needed.
   */
  record ReverseKl() implements Divergence {
    @Override
    public double of(double[] logP, double[] logQ, double[] gradient) {
      double sum = 0;
      for (int c = 0; c < logP.length; c++) {
        sum += Math.exp(logQ[c]) * (logQ[c] - logP[c]);
      }
      for (int c = 0; c < logP.length; c++) {
        gradient[c] = Math.exp(logQ[c]) * (logQ[c] - logP[c] - sum);
      }
      return sum;
    }
  }

  /**
   *
   *
   * <pre>
   * m = π p + (1 - π) q
   * π KL(p ‖ m) + (1 - π) KL(q ‖ m)      d/du = q (g - Σ q g), g = (1 - π) log(q / m)
   * </pre>
   *
   * Lin, <a href="https://doi.org/10.1109/18.61115">Divergence measures based on the Shannon
   * entropy</a>, 1991; for distillation Agarwal et al., <a
   * href="https://arxiv.org/abs/2306.13649">On-Policy Distillation of Language Models</a>, 2024. It
   * never exceeds {@code -π log π - (1 - π) log(1 - π)}. Near p = q it is π (1 - π) times the KL,
   * so it wants a larger alpha for the same pull.
   *
   * @param weight π of the teacher, above 0 and below 1; ½ makes it symmetric
   */
  record JensenShannon(double weight) implements Divergence {
    public JensenShannon {
      if (!(weight > 0 && weight < 1)) {
        throw new IllegalArgumentException(
            "the weight of Jensen-Shannon lies between 0 and 1, got " + weight);
      }
    }

    @Override
    public double of(double[] logP, double[] logQ, double[] gradient) {
      double logWeight = Math.log(weight);
      double logRest = Math.log1p(-weight);
      double sum = 0;
      double mean = 0;
      for (int c = 0; c < logP.length; c++) {
        double logM = LogSpace.logAdd(logWeight + logP[c], logRest + logQ[c]);
        double p = Math.exp(logP[c]);
        double q = Math.exp(logQ[c]);
        double g = (1 - weight) * (logQ[c] - logM);
        sum += (p == 0 ? 0 : weight * p * (logP[c] - logM)) + q * g;
        mean += q * g;
        gradient[c] = g;
      }
      for (int c = 0; c < logP.length; c++) {
        gradient[c] = Math.exp(logQ[c]) * (gradient[c] - mean);
      }
      return sum;
    }
  }
}
