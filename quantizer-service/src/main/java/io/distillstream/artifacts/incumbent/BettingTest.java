package io.distillstream.artifacts.incumbent;

import java.util.Arrays;

/**
 * Test of a weighted mean of paired differences by betting, exact for every number of samples.
 *
 * <p>Differences d, one for each request, are in [-1, 1] and independent of each other, with
 * expectations μ that may all differ; weights W are fixed beforehand. Against the hypothesis that
 * the weighted mean {@code Σ W μ / Σ W} is at most b, one bets a share λ of what one has on every
 * difference being larger:
 *
 * <pre>
 * E(b) = Σ_j a_j Π_i (1 + λ_j v_i (d_i - b)),    v_i = W_i / max W,    λ_j = g_j / (1 + b)
 * </pre>
 *
 * <p>E is an e-value: under the hypothesis {@code E[E] = Σ a Π (1 + λ v (μ - b)) <= Σ a exp(λ Σ v
 * (μ - b)) <= 1}, since factors are positive for g below 1 and {@code 1 + x <= e^x}. So by Markov's
 * inequality E reaches 1/α with probability α at most, however the differences are distributed: a
 * request in a hundred that is lost entirely is allowed for, which a normal approximation on a few
 * hundred requests would not do. That is also why some {@code log(1/α) / margin} requests are
 * needed to tell a difference of nothing from one of the margin, however small the variance.
 *
 * <p>That requests are independent is an idealization where they come in bursts about the same; the
 * weights, which are by label, limit what a burst counts.
 *
 * <p>The mixture over g replaces knowledge of the variance. Large bets suit small variances, which
 * successive checkpoints of a student have, so they get most of it. Below g = 1/8 so large a sample
 * would be needed that no memory holds it.
 *
 * <p>Sources: Waudby-Smith and Ramdas, <a href="https://arxiv.org/abs/2010.09686">Estimating means
 * of bounded random variables by betting</a>, JRSS B 86 (2024); Vovk and Wang, <a
 * href="https://arxiv.org/abs/1912.06116">E-values</a>, Annals of Statistics 49 (2021).
 */
final class BettingTest {
  /** Shares of the largest bet that leaves every factor positive. */
  private static final double[] BETS = {0.99, 0.5, 0.25, 0.125};

  /** What is put on each of them; of sum 1. */
  private static final double[] STAKES = {0.4, 0.3, 0.2, 0.1};

  private static final double PRECISION = 1e-7;

  private final double[] differences;
  private final double[] bets;
  private final double mean;

  /**
   * @param differences {@code [requests]} in [-1, 1]
   * @param weights {@code [requests]}, not negative, one of them positive
   */
  BettingTest(double[] differences, double[] weights) {
    double most = Arrays.stream(weights).max().orElse(0);
    if (differences.length != weights.length || !(most > 0)) {
      throw new IllegalArgumentException(
          "expected as many differences as weights and one positive, got %d, %d and at most %s"
              .formatted(differences.length, weights.length, most));
    }
    this.differences = differences.clone();
    this.bets = Arrays.stream(weights).map(weight -> weight / most).toArray();
    double sum = 0;
    for (int i = 0; i < bets.length; i++) {
      sum += bets[i] * differences[i];
    }
    this.mean = sum / effectiveSamples();
  }

  /** The weighted mean. */
  double mean() {
    return mean;
  }

  /** As many requests of equal weight would be as good as these: the sum of v. */
  double effectiveSamples() {
    return Arrays.stream(bets).sum();
  }

  /**
   * The natural logarithm of the e-value against "the mean is at most so much".
   *
   * @param bound above -1
   */
  double logEvidenceAgainst(double bound) {
    double[] logs = new double[BETS.length];
    double most = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < BETS.length; j++) {
      double lambda = BETS[j] / (1 + bound);
      logs[j] = Math.log(STAKES[j]);
      for (int i = 0; i < differences.length; i++) {
        logs[j] += Math.log1p(lambda * bets[i] * (differences[i] - bound));
      }
      most = Math.max(most, logs[j]);
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - most);
    }
    return most + Math.log(sum);
  }

  /**
   * The largest b for which "the mean is at most b" is refuted; the mean is larger with the
   * confidence that the threshold stands for. E falls with b, so bisection finds it.
   *
   * @param logThreshold how large the logarithm of the e-value must be
   * @return in [-1, {@link #mean}]
   */
  double lowerBound(double logThreshold) {
    double low = -1;
    double high = mean;
    while (high - low > PRECISION) {
      double middle = (low + high) / 2;
      if (logEvidenceAgainst(middle) >= logThreshold) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
