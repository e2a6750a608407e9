package io.distillstream.wire.entropy;

import java.io.ByteArrayOutputStream;

/**
 * A range coder after Martin [1], with a carry that runs back into bytes not yet given away as in
 * LZMA [2]. The range is kept between 2^24 and 2^32.
 *
 * <p>[1] G. N. N. Martin: Range encoding. Video and Data Recording Conference, 1979. [2] I. Pavlov:
 * LZMA specification, 2015.
 */
public final class RangeEncoder implements SymbolCoder {

  private static final long LEAST_RANGE = 1L << 24;
  private static final long MOST_LOW = 0xffff_ffffL;
  private static final long FULL_TOP = 0xff00_0000L;
  private static final int BYTE = 0xff;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long low;
  private long range = MOST_LOW;

  /** The newest byte that a carry can still change; what precedes the first one is none. */
  private int pending;

  /** How many bytes of 0xff follow it, through which a carry would run. */
  private int full;

  private boolean begun;

  @Override
  public int bit(int bit, int probability) {
    long bound = (range >>> PROBABILITY_BITS) * probability;
    if (bit == 1) {
      range = bound;
    } else {
      low += bound;
      range -= bound;
    }
    normalize();
    return bit;
  }

  @Override
  public int entry(int entry, Frequencies frequencies) {
    long step = range / frequencies.total();
    low += step * frequencies.before(entry);
    range = step * frequencies.of(entry);
    normalize();
    return entry;
  }

  /** All bytes. Nothing more can be written. */
  public byte[] finish() {
    for (int i = 0; i < 1 + Integer.BYTES; i++) {
      shift();
    }
    return out.toByteArray();
  }

  private void normalize() {
    while (range < LEAST_RANGE) {
      range <<= Byte.SIZE;
      shift();
    }
  }

  private void shift() {
    boolean carry = low > MOST_LOW;
    if (carry || low < FULL_TOP) {
      if (begun) {
        out.write(pending + (carry ? 1 : 0));
      }
      for (; full > 0; full--) {
        out.write(carry ? 0 : BYTE);
      }
      begun = true;
      pending = (int) (low >>> 24) & BYTE;
    } else {
      full++;
    }
    low = (low << Byte.SIZE) & MOST_LOW;
  }
}
