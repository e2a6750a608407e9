package io.distillstream.wire.tokens;

/** What mass the alternatives leave to all other tokens, from their rounded log-probabilities. */
final class Tail {

  private static final long ONE = 1L << 40;
  private static final int NOTHING = 255;
  private static final double STEPS_PER_ROOT = 51;

  /** Mass of each code, of {@link #ONE}. */
  private static final long[] MASSES = new long[NOTHING + 1];

  static {
    for (int code = 0; code < NOTHING; code++) {
      double root = code / STEPS_PER_ROOT;
      MASSES[code] = (long) StrictMath.rint(ONE * StrictMath.exp(-root * root));
    }
  }

  private Tail() {}

  /** The code that is expected: the smallest whose mass is left. */
  static int expected(TokenPosition position) {
    long left = ONE;
    for (int i = 0; i < position.size; i++) {
      left -= MASSES[position.codes[i]];
    }
    int code = 0;
    while (MASSES[code] > left && code < NOTHING) {
      code++;
    }
    return code;
  }
}
