package io.distillstream.delta;

/**
 * The logistic function and its inverse in whole numbers, so that an encoder and every decoder
 * compute the same probabilities. {@link StrictMath} gives the same tables on every Java platform.
 */
final class Logistic {
  /** Units of a logit per nat. */
  private static final double UNITS = 256;

  /** Largest magnitude of a logit: 11 nats, where a probability is one unit of 2^-16. */
  private static final int LIMIT = 11 * 256;

  /** Probabilities are looked up in so many bits. */
  static final int BITS = 12;

  private static final short[] LOGITS = new short[1 << BITS];
  private static final char[] PROBABILITIES = new char[2 * LIMIT + 1];

  static {
    for (int i = 0; i < LOGITS.length; i++) {
      double p = (i + 0.5) / LOGITS.length;
      LOGITS[i] = (short) StrictMath.rint(UNITS * StrictMath.log(p / (1 - p)));
    }
    for (int i = 0; i < PROBABILITIES.length; i++) {
      double p = 1 / (1 + StrictMath.exp((LIMIT - i) / UNITS));
      PROBABILITIES[i] =
          (char) StrictMath.min(0xffff, StrictMath.max(1, StrictMath.rint(p * 65536)));
    }
  }

  private Logistic() {}

  /**
   * ln(p / (1 − p)) in units of 1/256.
   *
   * @param probability in units of 2^-12, from 0 to 4,095
   */
  static int logit(int probability) {
    return LOGITS[probability];
  }

  /** The probability of a logit in units of 2^-16, from 1 to 65,535. */
  static int probability(long logit) {
    return PROBABILITIES[(int) Math.max(-LIMIT, Math.min(LIMIT, logit)) + LIMIT];
  }
}
