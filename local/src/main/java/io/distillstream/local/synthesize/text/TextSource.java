package io.distillstream.local.synthesize.text;

import io.distillstream.local.evaluate.answer.Answer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Where made-up texts come from. None of them comes twice. Used by one thread. */
public interface TextSource extends AutoCloseable {

  /**
   * The next texts.
   *
   * @param count at least 1
   * @return at most so many; none where no further text can be had
   */
  List<String> next(int count) throws InterruptedException;

  /** Takes texts for given ones, such as those that an earlier start sent. */
  void passOver(Collection<String> texts);

  /**
   * Takes note of what the teacher says to a text of {@link #next}, by which later ones may be
   * steered.
   *
   * @return a text that may be sent: this one, or one that was answered before; empty where the
   *     text was a step towards another one
   */
  default Optional<Answered> answered(String text, Answer answer) {
    return Optional.of(new Answered(text, answer));
  }

  /** Gives back what it holds. */
  @Override
  default void close() {}
}
