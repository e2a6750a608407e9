package io.distillstream.teacher.queue;

import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherUnavailableException;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.queue.LabelledWindow.Answer;
import io.distillstream.teacher.queue.TrafficMetrics.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a window through the model, sorted by size and cut into batches so that little of a batch is
 * padding, and measures its pace. Used by one thread.
 *
 * <p>A batch is cut before a text that would enlarge it by more in all than another call of the
 * teacher is worth. On WordNet's glosses (17.4 tokens on average) windows of 256 texts then cost
 * 1.06 times their tokens; equal batches of 32 out of the same windows cost 1.27 times, and sorting
 * all texts beforehand, which live traffic does not allow, 1.02 times.
 */
public final class Inference {

  private static final double NANOS_PER_SECOND = 1e9;

  private final Teacher teacher;
  private final int batchSize;
  private final Pace pace;
  private final Listener listener;

  /** Is told of every batch that was answered. */
  public interface Listener {
    /** As {@link TrafficMetrics#ran}. */
    void ran(Source source, int texts, double seconds);
  }

  /** Of a model that answers nobody's traffic. */
  public Inference(Teacher teacher, int batchSize, Pace pace) {
    this(teacher, batchSize, pace, (source, texts, seconds) -> {});
  }

  public Inference(Teacher teacher, int batchSize, Pace pace, Listener listener) {
    this.teacher = teacher;
    this.batchSize = batchSize;
    this.pace = pace;
    this.listener = listener;
  }

  /**
   * Labels a window, or the texts of it that came before an outage of the teacher.
   *
   * @throws TeacherException if the model fails on every text it is given
   */
  public LabelledWindow run(Window window) {
    Instant startedAt = Instant.now();
    List<PendingText> texts = new ArrayList<>(window.texts());
    texts.sort(Comparator.comparingInt(PendingText::size));
    IdentityHashMap<PendingText, Answer> answers = new IdentityHashMap<>(texts.size() * 2);
    @Nullable Unavailability outage = null;
    try {
      int from = 0;
      while (from < texts.size()) {
        int to = endOfBatch(texts, from);
        runBatch(texts.subList(from, to), answers);
        from = to;
      }
    } catch (TeacherUnavailableException e) {
      outage = e.unavailability();
    } finally {
      pace.windowEnds();
    }
    return new LabelledWindow(window, answers, startedAt, outage);
  }

  private int endOfBatch(List<PendingText> sorted, int from) {
    int to = from + 1;
    while (to < sorted.size() && to - from < batchSize) {
      int larger = sorted.get(to).size() - sorted.get(to - 1).size();
      if (larger * (to - from) > Teacher.CALL_SIZE) {
        break;
      }
      to++;
    }
    return to;
  }

  /** Returns whether the model could be run on the batch as a whole. */
  private boolean runBatch(List<PendingText> batch, IdentityHashMap<PendingText, Answer> answers) {
    long cost = batch.stream().mapToLong(PendingText::size).sum();
    long padded = (long) batch.size() * batch.get(batch.size() - 1).size() + Teacher.CALL_SIZE;
    pace.batchStarts(cost, padded);
    long start = System.nanoTime();
    List<TeacherAnswer> said;
    try {
      said = teacher.answers(batch.stream().map(PendingText::text).toList());
    } catch (TeacherException e) {
      if (batch.size() == 1) {
        answers.put(batch.get(0), Answer.failed(String.valueOf(e.getMessage())));
      } else {
        runOneByOne(batch, answers, e);
      }
      return false;
    }
    if (said.size() != batch.size()) {
      throw new TeacherException(
          "The teacher gave %d answers to %d texts".formatted(said.size(), batch.size()));
    }
    long nanos = System.nanoTime() - start;
    pace.batchEnds(batch.size(), cost, padded, nanos);
    tell(batch, cost, nanos / NANOS_PER_SECOND);
    for (int i = 0; i < batch.size(); i++) {
      answers.put(batch.get(i), check(said.get(i)));
    }
    return true;
  }

  private void tell(List<PendingText> batch, long cost, double seconds) {
    int callers = 0;
    long callersCost = 0;
    for (PendingText text : batch) {
      if (text instanceof HttpText) {
        callers++;
        callersCost += text.size();
      }
    }
    double callersSeconds = cost == 0 ? 0 : seconds * callersCost / cost;
    if (callers > 0) {
      listener.ran(Source.HTTP, callers, callersSeconds);
    }
    if (callers < batch.size()) {
      listener.ran(Source.LOG, batch.size() - callers, seconds - callersSeconds);
    }
  }

  /** Finds the text that broke its batch; if all of them do, it is the model that is broken. */
  private void runOneByOne(
      List<PendingText> batch,
      IdentityHashMap<PendingText, Answer> answers,
      TeacherException cause) {
    int succeeded = 0;
    for (PendingText text : batch) {
      if (runBatch(List.of(text), answers)) {
        succeeded++;
      }
    }
    if (succeeded == 0) {
      throw cause;
    }
  }

  private static Answer check(TeacherAnswer said) {
    if (said.refusal() != null) {
      return Answer.failed(said.refusal());
    }
    for (float logit : said.logits()) {
      if (!Float.isFinite(logit)) {
        return Answer.failed("The teacher answered with a logit of " + logit);
      }
    }
    return Answer.of(said);
  }
}
