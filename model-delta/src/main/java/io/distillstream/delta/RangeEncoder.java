package io.distillstream.delta;

import java.io.ByteArrayOutputStream;

/**
 * Writes bits as a number within an interval that narrows by each bit's probability (carryless
 * binary range coder, 32 bits).
 */
final class RangeEncoder implements BinaryCoder {
  private static final long MASK = 0xffff_ffffL;

  private final ByteArrayOutputStream out;
  private long low;
  private long high = MASK;

  RangeEncoder(ByteArrayOutputStream out) {
    this.out = out;
  }

  @Override
  public int code(int bit, int one) {
    long middle = middle(low, high, one);
    if (bit == 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
    while ((low ^ high) >>> 24 == 0) {
      out.write((int) (high >>> 24));
      low = (low << 8) & MASK;
      high = ((high << 8) & MASK) | 0xff;
    }
    return bit;
  }

  /** Last number of the part of an interval that stands for 1; the rest stands for 0. */
  static long middle(long low, long high, int one) {
    long range = high - low;
    return low + (range >>> 16) * one + (((range & 0xffff) * one) >>> 16);
  }

  /** Writes what is left: one byte, since a decoder reads zeros after the end. */
  void finish() {
    out.write((int) (high >>> 24));
  }
}
