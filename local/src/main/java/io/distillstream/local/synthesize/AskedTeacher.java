package io.distillstream.local.synthesize;

import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.evaluate.answer.Answerer;
import io.distillstream.local.feed.FeedException;
import io.distillstream.model.LabelSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A teacher that may have no answer to a text alone, as a language model to words that make no
 * sense. Borrows the teacher.
 */
final class AskedTeacher {

  /** Texts without an answer, one after the other, that look as if the teacher were away. */
  private static final int MOST_REFUSED_IN_A_ROW = 8;

  private final Answerer teacher;
  private long refused;
  private int inARow;

  AskedTeacher(Answerer teacher) {
    this.teacher = teacher;
  }

  LabelSpace labels() {
    return teacher.labels();
  }

  /** Texts that it had no answer to. */
  long refused() {
    return refused;
  }

  /**
   * An answer per text; empty where there is none.
   *
   * @throws FeedException if the teacher cannot be reached, or answers nothing any more
   */
  List<Optional<Answer>> ask(List<String> texts) throws InterruptedException {
    try {
      List<Optional<Answer>> answers = teacher.answer(texts).stream().map(Optional::of).toList();
      inARow = 0;
      return answers;
    } catch (FeedException e) {
      if (!e.unanswered()) {
        throw e;
      }
      if (texts.size() == 1) {
        refused++;
        if (++inARow > MOST_REFUSED_IN_A_ROW) {
          throw e;
        }
        return List.of(Optional.empty());
      }
      int half = texts.size() / 2;
      List<Optional<Answer>> answers = new ArrayList<>(ask(texts.subList(0, half)));
      answers.addAll(ask(texts.subList(half, texts.size())));
      return answers;
    }
  }
}
