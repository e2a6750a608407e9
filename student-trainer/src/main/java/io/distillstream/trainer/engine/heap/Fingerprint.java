package io.distillstream.trainer.engine.heap;

/**
 * A 64-bit hash over the bits of float arrays.
 *
 * <p>Four lanes of Fowler, Noll and Vo's FNV-1a, over 64-bit words of two values each instead of
 * bytes, joined at the end. Every step is a bijection of its lane for a given input, and of its
 * input for a given lane, so arrays that differ in one value never have the same fingerprint.
 */
public final class Fingerprint {
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long value = BASIS;

  public Fingerprint add(float[] values) {
    long a = value;
    long b = value + 1;
    long c = value + 2;
    long d = value + 3;
    int i = 0;
    for (; i + 8 <= values.length; i += 8) {
      a = (a ^ pair(values, i)) * PRIME;
      b = (b ^ pair(values, i + 2)) * PRIME;
      c = (c ^ pair(values, i + 4)) * PRIME;
      d = (d ^ pair(values, i + 6)) * PRIME;
    }
    for (; i < values.length; i++) {
      a = (a ^ Float.floatToRawIntBits(values[i])) * PRIME;
    }
    value = join(join(join(a, b), c), d);
    return this;
  }

  private static long pair(float[] values, int at) {
    return ((long) Float.floatToRawIntBits(values[at]) << 32)
        | (Float.floatToRawIntBits(values[at + 1]) & 0xffffffffL);
  }

  private static long join(long a, long b) {
    return (a ^ Long.rotateLeft(b, 31)) * PRIME;
  }

  public long value() {
    return value;
  }
}
