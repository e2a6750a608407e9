package io.distillstream.wire.tokens;

/** Ranks of alternatives, as contexts. */
final class Ranks {

  static final int BUCKETS = 8;

  private Ranks() {}

  /** 0, 1, 2, 3, 5, 9, 17 and 33 each begin one. */
  static int bucket(int rank) {
    return rank < 3 ? rank : Math.min(BUCKETS - 1, 33 - Integer.numberOfLeadingZeros(rank - 1));
  }
}
