package io.distillstream.wire.tokens;

/**
 * How much a table may say: a unit for each mention of a token and for each byte of a text. What is
 * nearly certain costs nearly no bits, and a few bytes that nobody has written honestly could
 * otherwise stand for gigabytes.
 */
final class Budget {

  /** Tables of a language model say less than 3. */
  private static final int UNITS_A_BYTE = 16;

  private static final int UNITS_FOR_NOTHING = 1 << 10;
  private static final int MOST_UNITS = 1 << 21;

  private final int limit;
  private int spent;

  private Budget(int limit) {
    this.limit = limit;
  }

  /** Of a table of so many bytes. */
  static Budget of(int bytes) {
    return new Budget((int) Math.min(MOST_UNITS, UNITS_FOR_NOTHING + (long) UNITS_A_BYTE * bytes));
  }

  /** Of one whose bytes are not known yet. */
  static Budget largest() {
    return new Budget(MOST_UNITS);
  }

  /**
   * Takes note of what is about to be said.
   *
   * @throws ExceededException if it is too much
   */
  void spend(int units) {
    if (units > limit - spent) {
      throw new ExceededException(limit);
    }
    spent += units;
  }

  /** Whether a table of so many bytes may say what was said. */
  boolean within(int bytes) {
    return spent <= of(bytes).limit;
  }

  /** A table says more than its bytes may. */
  static final class ExceededException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private ExceededException(int limit) {
      super("The table says more than %d mentions and bytes of texts".formatted(limit));
    }
  }
}
