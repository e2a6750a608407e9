package io.distillstream.teacher.queue;

import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.Unavailability;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A window with what the model said of each of its texts.
 *
 * @param startedAt when the model began with it
 * @param outage what ended the work on it early, so that its log records are to be read again; null
 *     where nothing did
 */
public record LabelledWindow(
    Window window,
    IdentityHashMap<PendingText, Answer> answers,
    Instant startedAt,
    @Nullable Unavailability outage) {

  private static final Answer UNANSWERED = new Answer(null, null);

  /** What the model said of one text, or why it failed. */
  public static final class Answer {

    private final @Nullable TeacherAnswer said;
    private final @Nullable String failure;

    private Answer(@Nullable TeacherAnswer said, @Nullable String failure) {
      this.said = said;
      this.failure = failure;
    }

    static Answer of(TeacherAnswer said) {
      return new Answer(said, null);
    }

    static Answer failed(String reason) {
      return new Answer(null, reason);
    }

    /** Its logits are finite; null if the model failed. */
    public @Nullable TeacherAnswer said() {
      return said;
    }

    /** Null if the model did not fail. */
    public @Nullable String failure() {
      return failure;
    }
  }

  /** Tells the callers whose texts are not recorded; they wait for no commit. */
  public void answerUnrecorded() {
    window.http().stream().filter(text -> !text.recorded()).forEach(this::tell);
  }

  /** Tells the callers whose texts are recorded; to be called once that is committed. */
  public void answerRecorded() {
    window.http().stream().filter(HttpText::recorded).forEach(this::tell);
  }

  private void tell(HttpText text) {
    Answer answer = answer(text);
    CompletableFuture<Prediction> caller = text.answer();
    TeacherAnswer said = answer.said();
    if (said != null) {
      caller.complete(new Prediction(text.requestId(), said.logits()));
    } else if (answer == UNANSWERED && outage != null) {
      caller.completeExceptionally(NotLabelledException.during(outage));
    } else {
      caller.completeExceptionally(
          new NotLabelledException("The teacher failed on this text: " + answer.failure()));
    }
  }

  /** What the model said, or why it failed; for a text that an outage left out, neither. */
  public Answer answer(PendingText text) {
    Answer answer = answers.get(text);
    if (answer == null && outage != null) {
      return UNANSWERED;
    }
    if (answer == null) {
      throw new IllegalStateException("Text " + text.requestId() + " was not labelled");
    }
    return answer;
  }
}
