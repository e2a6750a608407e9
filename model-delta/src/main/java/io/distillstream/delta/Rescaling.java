package io.distillstream.delta;

import io.distillstream.delta.Segment.Rows;
import io.distillstream.delta.Segment.Scales;

/**
 * What old weights are in new scales. A weight {@code v} of scale {@code s} that has not changed
 * becomes {@code v · s / s'} scales of {@code s'}: the nearest whole number is expected, and the
 * larger the rest, the likelier its neighbour. Quotients are taken as whole multiples of 2^-20, so
 * that both ends compute the same.
 */
final class Rescaling {
  /** Classes of what remains beyond a whole number of scales; the last: scales have not moved. */
  static final int REMAINDERS = 17;

  private static final int QUOTIENT_BITS = 20;
  private static final int ONE = 1 << QUOTIENT_BITS;
  private static final int HALF = ONE / 2;
  private static final int CLASS_BITS = QUOTIENT_BITS - 4;

  /** Scales that move by more than this factor tell nothing of single weights. */
  private static final float MOST = 4;

  private int[] quotients = new int[0];
  private int run = 1;
  private int zero;
  private long place;
  private byte[] expected = new byte[0];
  private byte[] weights = new byte[0];
  private byte[] remainders = new byte[0];

  void begin(Rows segment, float[] oldScales, float[] newScales) {
    run = segment.scales().map(Scales::run).orElse(1);
    zero = segment.zero();
    place = 0;
    quotients = new int[oldScales.length];
    for (int i = 0; i < quotients.length; i++) {
      quotients[i] = quotient(oldScales[i], newScales[i]);
    }
    expected = new byte[segment.width()];
    weights = new byte[segment.width()];
    remainders = new byte[segment.width()];
  }

  private static int quotient(float old, float fresh) {
    float quotient = old / fresh;
    return quotient > 1 / MOST && quotient < MOST ? (int) (quotient * ONE) : ONE;
  }

  /** Takes a row of old weights. */
  void row(byte[] old, int from, int to) {
    for (int i = from; i < to; i++) {
      int column = i - from;
      int weight = (byte) (old[i] - zero);
      weights[column] = (byte) weight;
      int quotient =
          quotients.length == 0
              ? ONE
              : quotients[(int) ((place + column) / run % quotients.length)];
      if (quotient == ONE) {
        expected[column] = old[i];
        remainders[column] = REMAINDERS - 1;
      } else {
        int scaled = weight * quotient;
        int nearest = (scaled + HALF) >> QUOTIENT_BITS;
        expected[column] = (byte) (Math.max(-128, Math.min(127, nearest)) + zero);
        remainders[column] = (byte) (((scaled - (nearest << QUOTIENT_BITS)) >> CLASS_BITS) + 8);
      }
    }
    place += to - from;
  }

  /** The byte that stands for the weight, if it has not changed. */
  byte expected(int column) {
    return expected[column];
  }

  /** The old weight, in old scales. */
  int weight(int column) {
    return weights[column];
  }

  /** Class of what remains. */
  int remainder(int column) {
    return remainders[column];
  }
}
