package io.distillstream.trainer.engine;

/**
 * The loss and its terms, nats per counted row, none weighted but the total.
 *
 * <p>The cross-entropy is at temperature 1. On its scale is the KL of {@link BatchScore}; the
 * distillation term is at the step's temperature and has the factor τ², so it is comparable between
 * steps of one temperature only.
 *
 * @param total what was minimized
 * @param distillation {@code τ² · D(teacher, student)} at temperature τ
 * @param crossEntropy against the truth, or the teacher's answer where none is known
 * @param embedding distance from the teacher's embeddings, over the rows that have one; no nats
 */
public record LossParts(double total, double distillation, double crossEntropy, double embedding) {

  /** Nothing. */
  public static final LossParts ZERO = new LossParts(0, 0, 0, 0);

  /** The sum, for means over batches. */
  public LossParts plus(LossParts other) {
    return new LossParts(
        total + other.total,
        distillation + other.distillation,
        crossEntropy + other.crossEntropy,
        embedding + other.embedding);
  }

  public LossParts times(double factor) {
    return new LossParts(
        factor * total, factor * distillation, factor * crossEntropy, factor * embedding);
  }
}
