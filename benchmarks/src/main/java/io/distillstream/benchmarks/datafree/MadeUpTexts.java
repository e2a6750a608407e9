package io.distillstream.benchmarks.datafree;

import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.synthesize.text.Candidate;
import io.distillstream.local.synthesize.text.DisagreementChoice;
import io.distillstream.local.synthesize.text.TextSource;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.trainer.engine.DivergedStepException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Feeds a student with made-up texts, in rounds, as {@code synthesize} feeds a pipeline. Borrows
 * the teacher.
 */
final class MadeUpTexts {

  private static final int ROUND = 256;
  private static final int BATCH = 32;

  private final Teacher teacher;
  private final TextSource source;
  private final int candidates;
  private final double disagreement;

  /** What the teacher said, also of texts that a later round learns. */
  private final Map<String, float[]> logits = new HashMap<>();

  /**
   * @param candidates texts that may be learned for each that is; 1: all are
   * @param disagreement share of the learned texts that is chosen by disagreement
   */
  MadeUpTexts(Teacher teacher, TextSource source, int candidates, double disagreement) {
    this.teacher = teacher;
    this.source = source;
    this.candidates = candidates;
    this.disagreement = disagreement;
  }

  /**
   * Has the student learn.
   *
   * @return how often each class was the teacher's answer to what was learned
   */
  int[] teach(LearningStudent student, int count, long seed)
      throws DivergedStepException, InterruptedException {
    int[] answers = new int[teacher.labels().size()];
    for (int learned = 0; learned < count; ) {
      int wanted = Math.min(ROUND, count - learned);
      // The first round finds no student yet.
      int factor = learned == 0 ? 1 : candidates;
      List<Candidate> asked = ask(wanted * factor);
      List<String> texts =
          (factor == 1 ? asked : chosen(asked, student, wanted, seed + learned))
              .stream().map(Candidate::text).toList();
      float[][] said = texts.stream().map(logits::get).toArray(float[][]::new);
      Arrays.stream(said).forEach(row -> answers[Answer.ofLogits(row).label()]++);
      student.learn(texts, said);
      learned += texts.size();
    }
    return answers;
  }

  private List<Candidate> ask(int count) throws InterruptedException {
    List<Candidate> asked = new ArrayList<>(count);
    while (asked.size() < count) {
      List<String> texts = source.next(Math.min(BATCH, count - asked.size()));
      if (texts.isEmpty()) {
        throw new IllegalStateException("the vocabulary makes no further texts");
      }
      float[][] rows = SortedBatches.logits(teacher, texts, BATCH);
      for (int i = 0; i < rows.length; i++) {
        logits.put(texts.get(i), rows[i]);
        source
            .answered(texts.get(i), Answer.ofLogits(rows[i]))
            .ifPresent(
                ready ->
                    asked.add(
                        new Candidate(asked.size(), ready.text(), Optional.of(ready.answer()))));
      }
    }
    return asked;
  }

  private List<Candidate> chosen(
      List<Candidate> asked, LearningStudent student, int wanted, long seed) {
    List<Answer> answers =
        student.logits(asked.stream().map(Candidate::text).toList()).stream()
            .map(Answer::ofLogits)
            .toList();
    return new DisagreementChoice(disagreement)
        .choose(asked, answers, wanted, new SplittableRandom(seed));
  }
}
