package io.distillstream.wire.entropy;

/**
 * Logits in steps of 1/256 and probabilities of 65,536, by tables that {@link StrictMath} fills the
 * same way on every machine.
 */
final class Logistic {

  private static final int STEPS = 256;
  private static final int MOST = 12 * STEPS - 1;
  private static final int ONE = 1 << 16;
  private static final int CODES = 1 << 12;

  private static final int[] LOGITS = new int[CODES];
  private static final int[] PROBABILITIES = new int[2 * MOST + 1];

  static {
    for (int i = 0; i < CODES; i++) {
      LOGITS[i] = (int) StrictMath.rint(STEPS * StrictMath.log((i + 0.5) / (CODES - i - 0.5)));
    }
    for (int i = -MOST; i <= MOST; i++) {
      double probability = ONE / (1 + StrictMath.exp(-(double) i / STEPS));
      PROBABILITIES[i + MOST] =
          Math.max(32, Math.min(ONE - 32, (int) StrictMath.rint(probability)));
    }
  }

  private Logistic() {}

  /**
   * The logit of the middle of a step.
   *
   * @param probability of 4,096
   */
  static int logit(int probability) {
    return LOGITS[probability];
  }

  /** Never 0 nor 1: from 32 to 65,504 of 65,536. */
  static int probability(int logit) {
    return PROBABILITIES[Math.max(-MOST, Math.min(MOST, logit)) + MOST];
  }
}
