package io.distillstream.delta;

/** How often something happens, in units of 2^-16: running means, and their classes. */
final class Rate {
  /** Classes of rates, about a nat of their logits wide. */
  static final int BUCKETS = 19;

  static final int EVEN = 1 << 15;

  private static final int UNITS = 1 << 16;
  private static final int LOGITS_PER_BUCKET = 256;

  private Rate() {}

  /**
   * The mean after another event.
   *
   * @param happened 0 or 1
   * @param shift the mean reaches back about 2^shift events
   */
  static int next(int rate, int happened, int shift) {
    return rate + ((happened * (UNITS - 1) - rate) >> shift);
  }

  /** The class of a rate. */
  static int bucket(int rate) {
    int logit = Logistic.logit(rate >> (16 - Logistic.BITS));
    return logit / LOGITS_PER_BUCKET + BUCKETS / 2;
  }

  /** The class of so many out of so many. */
  static int bucket(int happened, int of) {
    return bucket((int) ((2L * happened + 1) * (UNITS - 1) / (2L * of + 2)));
  }
}
