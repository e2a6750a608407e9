package io.distillstream.teacher.traffic;

import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.traffic.LabelledWindow.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Runs a window through the model in batches of texts of similar length, so that little of a batch
 * is padding. Used by one thread; its figures may be read by others.
 */
final class Inference {

  /** Weight of the newest batch in the running means. */
  private static final double NEWEST = 0.2;

  private final Teacher teacher;
  private final int batchSize;
  private volatile double batchMillis = Double.NaN;
  private volatile double textMillis = Double.NaN;

  Inference(Teacher teacher, int batchSize) {
    this.teacher = teacher;
    this.batchSize = batchSize;
  }

  /**
   * Labels a window.
   *
   * @throws TeacherException if the model fails on every text it is given
   */
  LabelledWindow run(Window window) {
    List<PendingText> texts = new ArrayList<>(window.texts());
    texts.sort(Comparator.comparingInt(text -> text.tokens().length()));
    IdentityHashMap<PendingText, Answer> answers = new IdentityHashMap<>(texts.size() * 2);
    for (int from = 0; from < texts.size(); from += batchSize) {
      runBatch(texts.subList(from, Math.min(from + batchSize, texts.size())), answers);
    }
    return new LabelledWindow(window, answers);
  }

  /** Running mean over batches; NaN before the first. */
  double batchMillis() {
    return batchMillis;
  }

  /** Running mean per text; NaN before the first. */
  double textMillis() {
    return textMillis;
  }

  /** Returns whether the model could be run on the batch as a whole. */
  private boolean runBatch(List<PendingText> batch, IdentityHashMap<PendingText, Answer> answers) {
    long start = System.nanoTime();
    float[][] logits;
    try {
      logits = teacher.logits(batch.stream().map(PendingText::tokens).toList());
    } catch (TeacherException e) {
      if (batch.size() == 1) {
        answers.put(batch.get(0), Answer.failed(String.valueOf(e.getMessage())));
      } else {
        runOneByOne(batch, answers, e);
      }
      return false;
    }
    for (int i = 0; i < batch.size(); i++) {
      answers.put(batch.get(i), check(logits[i]));
    }
    double millis = (System.nanoTime() - start) / 1e6;
    batchMillis = mean(batchMillis, millis);
    textMillis = mean(textMillis, millis / batch.size());
    return true;
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

  private static Answer check(float[] logits) {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return Answer.failed("The teacher answered with a logit of " + logit);
      }
    }
    return Answer.of(logits);
  }

  private static double mean(double before, double newest) {
    return Double.isNaN(before) ? newest : before + NEWEST * (newest - before);
  }
}
