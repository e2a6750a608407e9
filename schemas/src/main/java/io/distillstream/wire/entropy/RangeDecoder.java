package io.distillstream.wire.entropy;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads what a {@link RangeEncoder} wrote; it takes exactly its bytes. */
public final class RangeDecoder implements SymbolCoder {

  private static final long LEAST_RANGE = 1L << 24;
  private static final int BYTE = 0xff;

  private final ByteBuffer in;
  private long code;
  private long range = 0xffff_ffffL;

  /**
   * @param in read from its position on
   * @throws BufferUnderflowException if there are fewer bytes than any encoder writes
   */
  public RangeDecoder(ByteBuffer in) {
    this.in = in;
    this.code = in.getInt() & 0xffff_ffffL;
  }

  /**
   * {@inheritDoc}
   *
   * @throws BufferUnderflowException if an encoder would have written more bytes
   */
  @Override
  public int bit(int bit, int probability) {
    long bound = (range >>> PROBABILITY_BITS) * probability;
    int read = code < bound ? 1 : 0;
    if (read == 1) {
      range = bound;
    } else {
      code -= bound;
      range -= bound;
    }
    normalize();
    return read;
  }

  /**
   * {@inheritDoc}
   *
   * @throws BufferUnderflowException if an encoder would have written more bytes
   * @throws IllegalArgumentException if no encoder writes these bytes
   */
  @Override
  public int entry(int entry, Frequencies frequencies) {
    int total = frequencies.total();
    long step = range / total;
    long target = code / step;
    if (target >= total) {
      throw new IllegalArgumentException("Of %d, %d is coded".formatted(total, target));
    }
    int read = frequencies.at((int) target);
    code -= step * frequencies.before(read);
    range = step * frequencies.of(read);
    normalize();
    return read;
  }

  private void normalize() {
    while (range < LEAST_RANGE) {
      range <<= Byte.SIZE;
      code = (code << Byte.SIZE) | (in.get() & BYTE);
    }
  }
}
