package io.distillstream.local.evaluate.score;

/**
 * Two models on the same labelled texts. Only texts that one of them answers right and the other
 * wrong tell the two apart: McNemar, <a href="https://doi.org/10.1007/BF02295996">Note on the
 * sampling error of the difference between correlated proportions or percentages</a>, 1947.
 *
 * @param texts compared, at least one, with a label each
 * @param onlyFirst texts that the first model alone answers right
 * @param onlySecond texts that the second model alone answers right
 */
public record PairedComparison(long texts, long onlyFirst, long onlySecond) {

  /** A single text. */
  public static PairedComparison of(boolean firstRight, boolean secondRight) {
    return new PairedComparison(
        1, firstRight && !secondRight ? 1 : 0, secondRight && !firstRight ? 1 : 0);
  }

  public PairedComparison plus(PairedComparison other) {
    return new PairedComparison(
        texts + other.texts, onlyFirst + other.onlyFirst, onlySecond + other.onlySecond);
  }

  /** Accuracy of the first model less that of the second. */
  public double difference() {
    return (double) (onlyFirst - onlySecond) / texts;
  }

  /**
   * Standard error of {@link #difference()}, where b and c are the two counts and n the texts.
   *
   * <pre>
   * √(b + c − (b − c)² / n) / n
   * </pre>
   */
  public double standardError() {
    double net = onlyFirst - onlySecond;
    return Math.sqrt(onlyFirst + onlySecond - net * net / texts) / texts;
  }
}
