package io.distillstream.joiner.weight;

/** What the weight of a teacher's opinion follows from. */
public enum Weighting {
  /** The settings, the same for every request. */
  FIXED,
  /**
   * How sure the teacher is of this answer: {@code exp(-H)}, the reciprocal of its perplexity, from
   * 1 for a certain answer to 1/C for none among C classes. Entropy as the measure of a teacher's
   * confidence is that of Kwon, Na, Lee, Kim, <a
   * href="https://doi.org/10.1109/ICASSP40776.2020.9054698">Adaptive Knowledge Distillation Based
   * on Entropy</a>, ICASSP 2020, who take 1/H, which has no bound.
   */
  CONFIDENCE,
  /** How often the truth has proved the teacher right: {@link TeacherAccuracy}. */
  ACCURACY
}
