package io.distillstream.trainer.batch;

/**
 * The loss and its terms, nats per counted row, none weighted but the total.
 *
 * <p>The cross-entropy is at temperature 1. On its scale is the KL of {@link BatchScore}; the
 * distillation and consistency terms are at the step's temperature and have the factor τ², so they
 * are comparable between steps of one temperature only.
 *
 * @param total the weighted sum
 * @param distillation {@code τ² · D(teacher, student)} at temperature τ
 * @param crossEntropy against the truth, or the teacher's answer where none is known
 * @param embedding distance from the teacher's embeddings, over the rows that have one; no nats
 * @param consistency {@code τ² · D(anchor, student of the moved text)} at temperature τ; 0 where it
 *     is not learned
 */
public record LossParts(
    double total, double distillation, double crossEntropy, double embedding, double consistency) {

  /** Nothing. */
  public static final LossParts ZERO = new LossParts(0, 0, 0, 0, 0);

  /** Without consistency. */
  public LossParts(double total, double distillation, double crossEntropy, double embedding) {
    this(total, distillation, crossEntropy, embedding, 0);
  }

  /**
   * With a consistency term.
   *
   * @param weight in the total
   */
  public LossParts with(double weight, double term) {
    return new LossParts(total + weight * term, distillation, crossEntropy, embedding, term);
  }

  /** The sum, for means over batches. */
  public LossParts plus(LossParts other) {
    return new LossParts(
        total + other.total,
        distillation + other.distillation,
        crossEntropy + other.crossEntropy,
        embedding + other.embedding,
        consistency + other.consistency);
  }

  public LossParts times(double factor) {
    return new LossParts(
        factor * total,
        factor * distillation,
        factor * crossEntropy,
        factor * embedding,
        factor * consistency);
  }
}
