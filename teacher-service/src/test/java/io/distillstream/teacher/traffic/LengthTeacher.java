package io.distillstream.teacher.traffic;

import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TokenizedText;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * A teacher that tells texts with an even number of words from those with an odd one. It can be
 * held, fails on texts with the word {@code fail}, and remembers the lengths of its batches.
 */
final class LengthTeacher implements Teacher {

  static final LabelSpace LABELS = new LabelSpace(List.of("even", "odd"));

  private static final int FAIL = "fail".hashCode();
  private static final int NOT_FINITE = "nan".hashCode();

  final List<List<Integer>> batches = new CopyOnWriteArrayList<>();

  /** One permit per batch once it is held; unlimited otherwise. */
  private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

  void hold() {
    permits.drainPermits();
  }

  void release() {
    permits.release(Integer.MAX_VALUE - permits.drainPermits());
  }

  /** Lets so many batches through. */
  void allow(int batches) {
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

  @Override
  public int maxTokens() {
    return 1_000;
  }

  @Override
  public TokenizedText tokenize(String text) {
    return new TokenizedText(
        List.of(text.split(" ")).stream().mapToInt(String::hashCode).toArray());
  }

  @Override
  public float[][] logits(List<TokenizedText> texts) {
    permits.acquireUninterruptibly();
    batches.add(texts.stream().map(TokenizedText::length).toList());
    float[][] logits = new float[texts.size()][];
    for (int i = 0; i < logits.length; i++) {
      int[] ids = texts.get(i).ids();
      if (ids[0] == FAIL) {
        throw new TeacherException("A text starts with fail");
      }
      float even = ids[0] == NOT_FINITE ? Float.NaN : ids.length % 2 == 0 ? 2f : -2f;
      logits[i] = new float[] {even, -even};
    }
    return logits;
  }

  @Override
  public void close() {}
}
