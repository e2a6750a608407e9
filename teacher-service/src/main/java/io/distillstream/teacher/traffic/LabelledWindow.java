package io.distillstream.teacher.traffic;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** A window with what the model said of each of its texts. */
record LabelledWindow(Window window, IdentityHashMap<PendingText, Answer> answers) {

  /** What the model said of one text: its logits, or why it failed. */
  static final class Answer {

    private final float @Nullable [] logits;
    private final @Nullable String failure;

    private Answer(float @Nullable [] logits, @Nullable String failure) {
      this.logits = logits;
      this.failure = failure;
    }

    static Answer of(float[] logits) {
      return new Answer(logits, null);
    }

    static Answer failed(String reason) {
      return new Answer(null, reason);
    }

    /** {@code [classes]}, finite; null if the model failed. */
    float @Nullable [] logits() {
      return logits;
    }

    /** Null if the model did not fail. */
    @Nullable String failure() {
      return failure;
    }
  }

  Answer answer(PendingText text) {
    Answer answer = answers.get(text);
    if (answer == null) {
      throw new IllegalStateException("Text " + text.requestId() + " was not labelled");
    }
    return answer;
  }
}
