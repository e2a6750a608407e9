package io.distillstream.local.evaluate.score;

import java.util.OptionalDouble;

/**
 * How well a class is told from all others.
 *
 * @param support texts that have this label
 * @param precision share of the texts given this class that have its label; empty where none is
 * @param recall share of the texts with this label that are given the class; empty where none has
 * @param f1 harmonic mean of the two; empty where no text has or is given the class
 * @param accuracy share of all texts for which "this class or another" is answered right; empty
 *     without labels
 */
public record ClassScore(
    long support,
    OptionalDouble precision,
    OptionalDouble recall,
    OptionalDouble f1,
    OptionalDouble accuracy) {

  /** Of counts over labelled texts, one class against the rest. */
  static ClassScore of(
      long truePositives, long falsePositives, long falseNegatives, long trueNegatives) {
    long all = truePositives + falsePositives + falseNegatives + trueNegatives;
    return new ClassScore(
        truePositives + falseNegatives,
        Ratio.share(truePositives, truePositives + falsePositives),
        Ratio.share(truePositives, truePositives + falseNegatives),
        Ratio.share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
        Ratio.share(truePositives + trueNegatives, all));
  }
}
