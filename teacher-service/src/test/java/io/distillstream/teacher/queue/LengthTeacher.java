package io.distillstream.teacher.queue;

import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherUnavailableException;
import io.distillstream.teacher.Unavailability;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * A teacher that tells texts with an even number of words from those with an odd one. It can be
 * held, fails on texts that start with {@code fail}, refuses those that start with {@code refuse},
 * is unavailable for those that start with {@code away}, and remembers the lengths of its batches.
 */
public final class LengthTeacher implements Teacher {

  public static final LabelSpace LABELS = new LabelSpace(List.of("even", "odd"));

  public static final Unavailability AWAY =
      new Unavailability("a text starts with away", Duration.ofSeconds(7));

  public final List<List<Integer>> batches = new CopyOnWriteArrayList<>();

  /** One permit per batch once it is held; unlimited otherwise. */
  private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

  public void hold() {
    permits.drainPermits();
  }

  public void release() {
    permits.release(Integer.MAX_VALUE - permits.drainPermits());
  }

  /** Lets so many batches through. */
  public void allow(int batches) {
    permits.release(batches);
  }

  @Override
  public String id() {
    return "length";
  }

  @Override
  public String version() {
    return "0123456789ab";
  }

  @Override
  public LabelSpace labels() {
    return LABELS;
  }

  /** In words. */
  @Override
  public int size(String text) {
    return text.split(" ").length;
  }

  @Override
  public List<TeacherAnswer> answers(List<String> texts) {
    permits.acquireUninterruptibly();
    batches.add(texts.stream().map(this::size).toList());
    return texts.stream().map(this::answer).toList();
  }

  private TeacherAnswer answer(String text) {
    if (text.startsWith("refuse")) {
      return TeacherAnswer.refused("it starts with refuse");
    }
    if (text.startsWith("away")) {
      throw new TeacherUnavailableException(AWAY);
    }
    if (text.startsWith("fail")) {
      throw new TeacherException("A text starts with fail");
    }
    float even = text.startsWith("nan") ? Float.NaN : size(text) % 2 == 0 ? 2f : -2f;
    return TeacherAnswer.of(new float[] {even, -even});
  }

  @Override
  public void close() {}
}
