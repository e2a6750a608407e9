package io.distillstream.teacher;

import org.jspecify.annotations.Nullable;

/**
 * What a teacher says of one text. The arrays are taken over, not copied; they are read only.
 *
 * @param logits raw, {@code [classes]}, never softened; empty where the text was refused
 * @param embedding its vector of the whole text, {@code [dimension]}; empty where it has none
 * @param told of how many classes, those with the largest logits, the teacher told the probability;
 *     the others share evenly what is known of them together
 * @param refusal why this text alone cannot be answered, now or later; null if it was
 */
@SuppressWarnings("ArrayRecordComponent")
public record TeacherAnswer(float[] logits, float[] embedding, int told, @Nullable String refusal) {

  private static final float[] NONE = {};

  /** An answer that tells of every class. */
  public TeacherAnswer(float[] logits, float[] embedding) {
    this(logits, embedding, logits.length, null);
  }

  /** An answer of logits alone. */
  public static TeacherAnswer of(float[] logits) {
    return new TeacherAnswer(logits, NONE);
  }

  /** An answer that tells of the classes with the largest logits only. */
  public static TeacherAnswer ofLargest(float[] logits, int told) {
    return new TeacherAnswer(logits, NONE, told, null);
  }

  /** No answer to a text that could never be answered. */
  public static TeacherAnswer refused(String reason) {
    return new TeacherAnswer(NONE, NONE, 0, reason);
  }
}
