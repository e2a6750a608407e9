package io.distillstream.teacher.openai;

/**
 * How an answer becomes probabilities.
 *
 * @param source what of it is read
 * @param alternatives log-probabilities that are asked for of each token
 * @param tokens an answer has at most
 * @param samples answers to a text of which only the words are read
 * @param certainty probability of the label that a single such answer names
 * @param leastShare of the model's probability that the labels must have for a text to be labelled
 * @param untold what labels get that are among no alternatives
 */
public record AnswerSettings(
    Source source,
    int alternatives,
    int tokens,
    int samples,
    double certainty,
    double leastShare,
    Untold untold) {

  /** What is read of an answer. */
  public enum Source {
    /** The alternatives to its tokens. */
    LOG_PROBABILITIES,
    /** Its words alone. */
    TEXT
  }

  /** Labels of which an answer does not tell the probability. */
  public enum Untold {
    /** Are the tail of a top-k soft label. */
    TAIL,
    /** Get a logit each, the same for all, so that soft labels hold every logit. */
    SHARED
  }
}
