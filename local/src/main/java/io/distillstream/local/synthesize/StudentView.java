package io.distillstream.local.synthesize;

import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.model.LabelSpace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The student that texts are made up for. */
interface StudentView {

  /** Looks whether there is a newer one. */
  void refresh() throws IOException;

  /** Its version; 0 while there is none. */
  long version();

  /** Records of live traffic that it has learned. */
  long liveTrained();

  /**
   * What it says to texts, with its classes in the order of the teacher's.
   *
   * @return empty while there is none
   */
  Optional<List<Answer>> answers(List<String> texts, LabelSpace order)
      throws IOException, InterruptedException;
}
