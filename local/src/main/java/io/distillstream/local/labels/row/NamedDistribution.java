package io.distillstream.local.labels.row;

import io.distillstream.model.ArgMax;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher said, by the names of the classes. The arrays are taken over, not copied; they are
 * read only.
 *
 * @param labels distinct; all classes in their order, or in falling order of logit those that are
 *     told of
 * @param logits raw, as many as {@code labels}; natural log-probabilities of classes that were
 *     drawn
 * @param tailLogMass log of the sum of exp(logit) over the classes that {@code labels} leaves out;
 *     null where it leaves none out, and where classes were drawn
 * @param draws null where classes were not drawn
 */
@SuppressWarnings("ArrayRecordComponent")
public record NamedDistribution(
    List<String> labels, float[] logits, @Nullable Float tailLogMass, @Nullable Draws draws) {

  /**
   * Classes that were drawn from the distribution.
   *
   * @param number how many were drawn
   * @param answer the most probable class, drawn or not
   * @param weights of {@code labels}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Draws(int number, String answer, float[] weights) {}

  public NamedDistribution {
    labels = List.copyOf(labels);
    if (labels.isEmpty() || labels.size() != logits.length) {
      throw new IllegalArgumentException(
          "%d labels with %d logits".formatted(labels.size(), logits.length));
    }
  }

  /** The most probable class. */
  public String answer() {
    return draws == null ? labels.get(ArgMax.of(logits)) : draws.answer();
  }

  /**
   * What each of {@code labels} has of all probability, at temperature 1.
   *
   * @return as many as {@code labels}
   */
  public float[] probabilities() {
    double largest = draws == null ? logits[ArgMax.of(logits)] : 0;
    double sum = draws == null ? 0 : 1;
    if (draws == null) {
      for (float logit : logits) {
        sum += Math.exp(logit - largest);
      }
      sum += tailLogMass == null ? 0 : Math.exp(tailLogMass - largest);
    }
    float[] probabilities = new float[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = (float) (Math.exp(logits[c] - largest) / sum);
    }
    return probabilities;
  }
}
