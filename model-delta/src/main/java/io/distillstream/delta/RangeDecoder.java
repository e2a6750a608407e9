package io.distillstream.delta;

import java.io.IOException;
import java.io.InputStream;

/** Reads what a {@link RangeEncoder} wrote. Borrows the stream, which should be buffered. */
final class RangeDecoder implements BinaryCoder {
  private static final long MASK = 0xffff_ffffL;

  /** An encoder leaves out the last three bytes, which are zeros. */
  private static final int IMPLIED = 3;

  private final InputStream in;
  private long low;
  private long high = MASK;
  private long value;
  private int beyond;

  RangeDecoder(InputStream in) throws IOException {
    this.in = in;
    for (int i = 0; i < Integer.BYTES; i++) {
      value = (value << 8) | next();
    }
  }

  @Override
  public int code(int bit, int one) throws IOException {
    long middle = RangeEncoder.middle(low, high, one);
    int read;
    if (value <= middle) {
      high = middle;
      read = 1;
    } else {
      low = middle + 1;
      read = 0;
    }
    while ((low ^ high) >>> 24 == 0) {
      low = (low << 8) & MASK;
      high = ((high << 8) & MASK) | 0xff;
      value = ((value << 8) & MASK) | next();
    }
    return read;
  }

  private int next() throws IOException {
    int read = in.read();
    if (read >= 0) {
      return read;
    }
    beyond++;
    if (beyond > IMPLIED) {
      throw new InvalidDeltaException("It ends early");
    }
    return 0;
  }

  /**
   * To be called when all is decoded.
   *
   * @throws InvalidDeltaException if there are bytes beyond
   */
  void finish() throws IOException {
    if (beyond < IMPLIED || in.read() >= 0) {
      throw new InvalidDeltaException("It has bytes beyond its end");
    }
  }
}
