package io.distillstream.local.evaluate.score;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** How often each class was answered for each label, [labels, answers]. Not thread-safe. */
public final class ConfusionMatrix {

  private final long[][] texts;
  private final long[] supports;
  private final long[] answers;
  private long total;
  private long right;

  /** Nothing counted yet. */
  public ConfusionMatrix(int classes) {
    texts = new long[classes][classes];
    supports = new long[classes];
    answers = new long[classes];
  }

  /** Counts a text. */
  public void add(int truth, int answer) {
    texts[truth][answer]++;
    supports[truth]++;
    answers[answer]++;
    total++;
    right += truth == answer ? 1 : 0;
  }

  public int classes() {
    return texts.length;
  }

  /** Texts with the label {@code truth} for which {@code answer} was given. */
  public long texts(int truth, int answer) {
    return texts[truth][answer];
  }

  /** All texts counted. */
  public long total() {
    return total;
  }

  /** Share of texts that were given the class of their label; empty without texts. */
  public OptionalDouble accuracy() {
    return Ratio.share(right, total);
  }

  /** Whether a text has this class as its label or was given it. */
  public boolean occurs(int label) {
    return supports[label] + answers[label] > 0;
  }

  /** One class against the rest. */
  public ClassScore score(int label) {
    long truePositives = texts[label][label];
    long falsePositives = answers[label] - truePositives;
    long falseNegatives = supports[label] - truePositives;
    return ClassScore.of(
        truePositives,
        falsePositives,
        falseNegatives,
        total - truePositives - falsePositives - falseNegatives);
  }

  /** What was taken for what, the most frequent first. */
  public List<Confusion> confusions() {
    List<Confusion> found = new ArrayList<>();
    for (int truth = 0; truth < texts.length; truth++) {
      for (int answer = 0; answer < texts.length; answer++) {
        if (truth != answer && texts[truth][answer] > 0) {
          found.add(new Confusion(truth, answer, texts[truth][answer]));
        }
      }
    }
    found.sort(Comparator.comparingLong(Confusion::texts).reversed());
    return found;
  }
}
