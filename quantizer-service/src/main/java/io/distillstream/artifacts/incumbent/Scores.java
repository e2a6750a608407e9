package io.distillstream.artifacts.incumbent;

import java.util.List;

/**
 * How well a student answered held-out requests.
 *
 * @param soft {@code [requests]}: overlap of its distribution with the teacher's, in [0, 1]
 * @param hard {@code [requests]}: 1 where its most probable class is the teacher's, else 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record Scores(double[] soft, double[] hard) {

  /**
   * Scores answers.
   *
   * @param logits {@code [requests][classes]}
   */
  public static Scores of(List<HeldOut> requests, float[][] logits) {
    if (requests.size() != logits.length) {
      throw new IllegalArgumentException(
          "expected answers to %d requests, got %d".formatted(requests.size(), logits.length));
    }
    Scores scores = new Scores(new double[logits.length], new double[logits.length]);
    for (int i = 0; i < logits.length; i++) {
      TeacherAnswer teacher = requests.get(i).teacher();
      scores.soft[i] = teacher.overlap(logits[i]);
      scores.hard[i] = TeacherAnswer.mostProbable(logits[i]) == teacher.label() ? 1 : 0;
    }
    return scores;
  }
}
