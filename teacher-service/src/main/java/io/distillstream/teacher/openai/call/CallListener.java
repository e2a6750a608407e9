package io.distillstream.teacher.openai.call;

/** Is told of calls as they end. Thread-safe. */
public interface CallListener {

  /** Nobody. */
  CallListener NONE = new CallListener() {};

  /** How a call ended, its further attempts included. */
  enum Outcome {
    ANSWERED,
    /** The text alone was refused. */
    REFUSED,
    FAILED
  }

  /** A call came to its end. */
  default void ended(Outcome outcome) {}

  /** An attempt failed, and another one follows. */
  default void repeated() {}

  /**
   * Something was used.
   *
   * @param cost in the currency of the prices
   */
  default void used(long promptTokens, long completionTokens, double cost) {}
}
