package io.distillstream.tap.proxy;

import io.distillstream.avro.TokensUnusable;
import io.distillstream.tap.json.LogProbabilityEraser;
import io.distillstream.tap.json.LogProbabilityEraser.Form;
import io.distillstream.tap.metrics.Unrecorded;
import io.distillstream.tap.record.Recorder;
import io.distillstream.tap.record.RecordingMemory;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Asks for log-probabilities where the client did not, takes them out of the answer again, and
 * records what the model said.
 */
final class RecordedPlan implements Plan {

  private static final int OK = 200;

  /** With these, servers refuse a parameter, or a model for which it is not allowed. */
  private static final Set<Integer> REFUSALS = Set.of(400, 403, 422);

  private final Question question;
  private final UpstreamHabits habits;
  private final Recorder recorder;
  private final RecordingMemory.Part memory;
  private final Recording recording;

  /** How the client's answer is to look; null where it is what the upstream says. */
  private @Nullable Form form;

  /** Why no log-probabilities are to be expected; null where they are. */
  private @Nullable TokensUnusable withoutTokens;

  private boolean recorded = true;

  RecordedPlan(
      Question question,
      UpstreamHabits habits,
      Recorder recorder,
      RecordingMemory.Part memory,
      Recording recording) {
    this.question = question;
    this.habits = habits;
    this.recorder = recorder;
    this.memory = memory;
    this.recording = recording;
    if (!question.asksItself()) {
      if (habits.refuses(question.kind())) {
        withoutTokens = TokensUnusable.REFUSED;
      } else {
        form = habits.form(question.kind()).orElse(null);
        withoutTokens = form == null ? TokensUnusable.NOT_ASKED : null;
      }
    }
  }

  @Override
  public byte[] body() {
    return form == null ? question.body() : question.asking(recording.alternatives());
  }

  @Override
  public boolean looksInto() {
    return true;
  }

  @Override
  public boolean asksAgain(int status) {
    if (form == null || !REFUSALS.contains(status)) {
      return false;
    }
    form = null;
    withoutTokens = TokensUnusable.REFUSED;
    return true;
  }

  @Override
  public Answer answer(HttpResponse.ResponseInfo head) {
    if (head.statusCode() != OK) {
      return unrecorded(Unrecorded.ERROR_ANSWER);
    }
    if (withoutTokens == TokensUnusable.REFUSED) {
      habits.refused(question.kind());
    }
    String encoding = head.headers().firstValue("content-encoding").orElse("identity");
    if (!encoding.equals("identity")) {
      return unrecorded(Unrecorded.UNREADABLE_ANSWER);
    }
    Form written = form;
    UnaryOperator<byte[]> edit =
        written == null
            ? UnaryOperator.identity()
            : json -> LogProbabilityEraser.erase(json, written);
    String type = head.headers().firstValue("content-type").orElse("");
    if (type.startsWith("text/event-stream")) {
      return new StreamedAnswer(edit, recording.exchangeBytes());
    }
    return type.startsWith("application/json")
        ? new WholeAnswer(edit, recording.exchangeBytes(), memory)
        : unrecorded(Unrecorded.UNREADABLE_ANSWER);
  }

  private Answer unrecorded(Unrecorded reason) {
    recorded = false;
    recording.metrics().unrecorded(reason);
    return new PassedAnswer();
  }

  @Override
  public void passed(Answer answer) {
    if (!recorded) {
      return;
    }
    answer.texts().forEach(recorder::add);
    if (withoutTokens != null) {
      Optional<Boolean> field = recorder.hasLogProbabilityField();
      field.ifPresent(has -> habits.learn(question.kind(), has ? Form.NULL : Form.ABSENT));
    }
  }

  @Override
  public void ended(boolean whole) {
    if (recorded) {
      recorded = false;
      recording.sink().accept(recorder.finish(whole, withoutTokens));
    } else {
      memory.free();
    }
  }
}
