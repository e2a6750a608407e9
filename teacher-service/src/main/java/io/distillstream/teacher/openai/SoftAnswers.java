package io.distillstream.teacher.openai;

import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.openai.AnswerSettings.Untold;
import io.distillstream.teacher.openai.call.Completion;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Makes logits of a model's answers. They are logs of the model's own probabilities, so that what
 * their exponentials lack to 1 is what the model would rather have said; as logits of a softmax
 * they give the probabilities of the labels given that the answer is one of them.
 */
final class SoftAnswers {

  /** Of labels of which nothing is known; binary16 holds its log. */
  private static final double LEAST = 1e-9;

  /** Jeffreys' prior: a label that was never drawn is not impossible. */
  private static final double PRIOR = 0.5;

  private final Verbalizer verbalizer;
  private final AnswerSettings settings;

  SoftAnswers(Verbalizer verbalizer, AnswerSettings settings) {
    this.verbalizer = verbalizer;
    this.settings = settings;
  }

  /** Of an answer with the alternatives to its tokens. */
  TeacherAnswer ofTokens(Completion completion) {
    return of(LabelMasses.of(completion.tokens(), verbalizer));
  }

  private TeacherAnswer of(LabelMasses masses) {
    if (masses.sum() <= 0 || masses.sum() < settings.leastShare()) {
      return TeacherAnswer.refused(
          String.format(
              Locale.ROOT,
              "the model gives all labels together a probability of %.2g only, at least %.2g is"
                  + " needed",
              masses.sum(),
              settings.leastShare()));
    }
    int told = 0;
    double smallest = 1;
    for (double mass : masses.labels()) {
      if (mass > 0) {
        told++;
        smallest = Math.min(smallest, mass);
      }
    }
    int untold = masses.labels().length - told;
    // No more than a token that was not told can have, nor all of them together.
    double floor =
        untold == 0 ? 0 : Math.min(smallest, Math.min(masses.least(), masses.untold() / untold));
    float[] logits = new float[masses.labels().length];
    for (int label = 0; label < logits.length; label++) {
      double mass = masses.labels()[label];
      logits[label] = (float) Math.log(Math.max(LEAST, mass > 0 ? mass : floor));
    }
    return answer(logits, told);
  }

  /** Of answers of which only the words are known; those that name no label do not count. */
  TeacherAnswer ofTexts(List<String> texts) {
    int[] counts = new int[verbalizer.labels().size()];
    int named = 0;
    for (String text : texts) {
      OptionalInt label = verbalizer.mentioned(withoutReasoning(text));
      if (label.isPresent()) {
        counts[label.getAsInt()]++;
        named++;
      }
    }
    if (named == 0) {
      return TeacherAnswer.refused(
          texts.size() == 1
              ? "the model's answer names no label, or several"
              : "none of the model's %d answers names one label".formatted(texts.size()));
    }
    float[] logits = new float[counts.length];
    int told = 0;
    for (int label = 0; label < counts.length; label++) {
      logits[label] = (float) Math.log(share(counts[label], named, texts.size(), counts.length));
      told += counts[label] > 0 ? 1 : 0;
    }
    return answer(logits, told);
  }

  private double share(int count, int named, int texts, int labels) {
    if (texts > 1) {
      return (count + PRIOR) / (named + PRIOR * labels);
    }
    return Math.max(
        LEAST, count > 0 ? settings.certainty() : (1 - settings.certainty()) / (labels - 1));
  }

  private TeacherAnswer answer(float[] logits, int told) {
    return settings.untold() == Untold.TAIL
        ? TeacherAnswer.ofLargest(logits, told)
        : TeacherAnswer.of(logits);
  }

  /** Some servers leave in the answer what a reasoning model thought before it. */
  private static String withoutReasoning(String text) {
    String end = "</think>";
    int at = text.lastIndexOf(end);
    return at < 0 ? text : text.substring(at + end.length());
  }
}
