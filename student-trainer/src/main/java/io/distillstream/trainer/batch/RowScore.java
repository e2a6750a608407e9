package io.distillstream.trainer.batch;

/**
 * How the student answered one row before it learned it.
 *
 * @param answer its most probable class
 * @param confidence the probability it gave that class, at temperature 1
 * @param teacherAnswer the teacher's most probable class
 * @param kl KL(teacher ‖ student) at temperature 1, nats
 * @param truth index of the human label, or {@link TrainingBatch#UNKNOWN}
 */
public record RowScore(int answer, double confidence, int teacherAnswer, double kl, int truth) {

  /** Whether student and teacher answer alike. */
  public boolean agrees() {
    return answer == teacherAnswer;
  }

  public boolean truthKnown() {
    return truth != TrainingBatch.UNKNOWN;
  }

  /** Whether the answer is the human label; false where that is not known. */
  public boolean correct() {
    return answer == truth;
  }
}
