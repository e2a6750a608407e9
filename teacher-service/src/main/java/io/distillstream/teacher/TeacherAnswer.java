package io.distillstream.teacher;

/**
 * What a teacher says of one text. The arrays are taken over, not copied; they are read only.
 *
 * @param logits raw, {@code [classes]}, never softened
 * @param embedding its vector of the whole text, {@code [dimension]}; empty where it has none
 */
@SuppressWarnings("ArrayRecordComponent")
public record TeacherAnswer(float[] logits, float[] embedding) {

  /** An answer of logits alone. */
  public static TeacherAnswer of(float[] logits) {
    return new TeacherAnswer(logits, new float[0]);
  }
}
