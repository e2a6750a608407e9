package io.distillstream.trainer.batch;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The loss and its terms, nats per counted row, none weighted but the total.
 *
 * <p>The cross-entropy is at temperature 1. On its scale is the KL of {@link BatchScore}; the
 * distillation and consistency terms are at the step's temperature and have the factor τ², so they
 * are comparable between steps of one temperature only.
 *
 * @param total the weighted sum
 * @param terms by name; those that are 0 are left out
 */
public record LossParts(double total, Map<String, Double> terms) {
  /** {@code τ² · D(teacher, student)} at temperature τ. */
  public static final String DISTILLATION = "distillation";

  /** Against the truth, or the teacher's answer where none is known. */
  public static final String CROSS_ENTROPY = "cross_entropy";

  /** Distance from the teacher's embeddings, over the rows that have one; no nats. */
  public static final String EMBEDDING = "embedding";

  /** {@code τ² · D(anchor, student of the moved text)} at temperature τ. */
  public static final String CONSISTENCY = "consistency";

  /** Nothing. */
  public static final LossParts ZERO = new LossParts(0, Map.of());

  public LossParts {
    Map<String, Double> kept = new TreeMap<>(terms);
    kept.values().removeIf(value -> value == 0);
    terms = Collections.unmodifiableMap(kept);
  }

  /** The term of this name; 0 where it is not learned, NaN where the total is. */
  public double term(String name) {
    return terms.getOrDefault(name, Double.isNaN(total) ? Double.NaN : 0);
  }

  public double distillation() {
    return term(DISTILLATION);
  }

  public double crossEntropy() {
    return term(CROSS_ENTROPY);
  }

  public double embedding() {
    return term(EMBEDDING);
  }

  public double consistency() {
    return term(CONSISTENCY);
  }

  /**
   * With a consistency term.
   *
   * @param weight in the total
   */
  public LossParts with(double weight, double term) {
    Map<String, Double> more = new TreeMap<>(terms);
    more.put(CONSISTENCY, term);
    return new LossParts(total + weight * term, more);
  }

  /** The sum, for means over batches. */
  public LossParts plus(LossParts other) {
    Map<String, Double> sums = new TreeMap<>(terms);
    other.terms.forEach((name, value) -> sums.merge(name, value, Double::sum));
    return new LossParts(total + other.total, sums);
  }

  public LossParts times(double factor) {
    Map<String, Double> scaled = new TreeMap<>(terms);
    scaled.replaceAll((name, value) -> factor * value);
    return new LossParts(factor * total, scaled);
  }
}
