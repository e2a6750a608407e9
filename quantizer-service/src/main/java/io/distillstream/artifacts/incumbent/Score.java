package io.distillstream.artifacts.incumbent;

import io.distillstream.model.ArgMax;

/**
 * How well a student answered one held-out request.
 *
 * @param soft overlap of its distribution with the teacher's, in [0, 1]
 * @param hard 1 where its most probable class is the teacher's, else 0
 */
public record Score(double soft, double hard) {
  /** Of a request that it could not answer. */
  public static final Score NONE = new Score(0, 0);

  /**
   * Scores an answer; one that is not finite is none.
   *
   * @param logits {@code [classes]}
   */
  public static Score of(HeldOut request, float[] logits) {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return NONE;
      }
    }
    TeacherAnswer teacher = request.teacher();
    return new Score(teacher.overlap(logits), ArgMax.of(logits) == teacher.label() ? 1 : 0);
  }
}
