package io.distillstream.wire.opinion;

import io.distillstream.avro.TeacherOpinion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The logarithmic opinion pool of several teachers: the weighted mean of their logits.
 *
 * <pre>
 * z = Σ w_t z_t / Σ w_t          softmax(z) ∝ Π p_t^(w_t / Σ w)
 * </pre>
 *
 * <p>The softmax of the mean logits is the normalized geometric mean of the teachers'
 * distributions, at every temperature, so that the student may soften the result as it would a
 * single teacher's. Of all distributions it has the least weighted mean of KL(q ‖ p_t): Heskes, <a
 * href="https://papers.nips.cc/paper/1413-selecting-weighting-factors-in-logarithmic-opinion-pools">
 * Selecting Weighting Factors in Logarithmic Opinion Pools</a>, NIPS 1997.
 *
 * <p><b>Incomplete opinions.</b> A top-k or sampled opinion keeps what it says of the classes it
 * names, and its tail's mass. Within the tail it takes the shape that the others' pool has there,
 * the others' own tails being spread evenly for that, so that what it did not say sways nobody:
 *
 * <pre>
 * p_t(c) = tail_t · q(c) / Σ_{c' not named} q(c')          q the pool of the others
 * </pre>
 */
public final class OpinionPool {
  private final List<double[]> completed;
  private final double[] weights;

  /**
   * Pools opinions of one position.
   *
   * @param opinions at least one, over equally many classes
   * @param weights one each, at least 0; where all are 0 they count alike
   * @throws IllegalArgumentException if they differ in their classes or are none
   */
  public OpinionPool(List<Opinion> opinions, double[] weights) {
    if (opinions.isEmpty() || opinions.size() != weights.length) {
      throw new IllegalArgumentException(
          "%d opinions with %d weights".formatted(opinions.size(), weights.length));
    }
    int classes = opinions.get(0).classes();
    for (Opinion opinion : opinions) {
      if (opinion.classes() != classes) {
        throw new IllegalArgumentException(
            "opinions of %d and of %d classes".formatted(classes, opinion.classes()));
      }
    }
    this.weights = shares(weights);
    List<double[]> evenly = opinions.stream().map(opinion -> opinion.completed(null)).toList();
    completed = new ArrayList<>(evenly);
    for (int t = 0; t < evenly.size() && evenly.size() > 1; t++) {
      if (!opinions.get(t).isComplete()) {
        double[] others = this.weights.clone();
        others[t] = 0;
        completed.set(t, opinions.get(t).completed(mean(evenly, shares(others, t))));
      }
    }
  }

  /**
   * Pools what a record's teachers say of its only position, by the weights that it gives them.
   *
   * @return raw logits {@code [classes]}
   * @throws IllegalArgumentException if there are none, or they cannot be read or pooled
   */
  public static float[] logits(List<TeacherOpinion> opinions) {
    List<Opinion> read =
        opinions.stream().map(said -> Opinion.of(said.getDistribution(), 1).get(0)).toList();
    return new OpinionPool(read, weights(opinions)).logits();
  }

  /** The weights of a record's opinions, which count alike where one has none. */
  public static double[] weights(List<TeacherOpinion> opinions) {
    double[] alike = new double[opinions.size()];
    Arrays.fill(alike, 1);
    return opinions.stream().anyMatch(opinion -> opinion.getWeight() == null)
        ? alike
        : opinions.stream()
            .mapToDouble(opinion -> Objects.requireNonNull(opinion.getWeight()))
            .toArray();
  }

  /** Weights as shares of their sum; all alike where that is 0. */
  private static double[] shares(double[] weights) {
    return shares(weights, -1);
  }

  /**
   * @param without the one that has none; -1 for none of them
   */
  private static double[] shares(double[] weights, int without) {
    double sum = 0;
    for (double weight : weights) {
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("a teacher has weight " + weight);
      }
      sum += weight;
    }
    double[] shares = new double[weights.length];
    for (int t = 0; t < shares.length; t++) {
      double alike = without < 0 ? 1.0 / shares.length : 1.0 / (shares.length - 1);
      shares[t] = t == without ? 0 : sum > 0 ? weights[t] / sum : alike;
    }
    return shares;
  }

  private static double[] mean(List<double[]> logits, double[] shares) {
    double[] mean = new double[logits.get(0).length];
    for (int t = 0; t < shares.length; t++) {
      if (shares[t] > 0) {
        for (int c = 0; c < mean.length; c++) {
          mean[c] += shares[t] * logits.get(t)[c];
        }
      }
    }
    return mean;
  }

  /** The pool's raw logits {@code [classes]}. */
  public float[] logits() {
    double[] mean = mean(completed, weights);
    float[] logits = new float[mean.length];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = (float) mean[c];
    }
    return logits;
  }

  /**
   * How far the teachers disagree: the Jensen-Shannon divergence of their distributions, each with
   * its tail as the pool has it.
   *
   * <pre>
   * JS = H(Σ w_t p_t) - Σ w_t H(p_t)
   * </pre>
   *
   * <p>0 where all say the same, and at most the entropy of the weights: ln 2 for two teachers.
   * Lin, <a href="https://doi.org/10.1109/18.61115">Divergence Measures Based on the Shannon
   * Entropy</a>, 1991.
   *
   * @return nats, at least 0
   */
  public double disagreement() {
    double[] mixture = new double[completed.get(0).length];
    double within = 0;
    for (int t = 0; t < weights.length; t++) {
      double[] logs = LogMath.normalized(completed.get(t));
      within += weights[t] * LogMath.entropy(logs);
      for (int c = 0; c < mixture.length; c++) {
        mixture[c] += weights[t] * Math.exp(logs[c]);
      }
    }
    for (int c = 0; c < mixture.length; c++) {
      mixture[c] = Math.log(mixture[c]);
    }
    return Math.max(0, LogMath.entropy(mixture) - within);
  }
}
