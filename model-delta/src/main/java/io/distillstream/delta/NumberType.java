package io.distillstream.delta;

/** Kinds of numbers that differences are taken of, all little-endian. */
public enum NumberType {
  FLOAT32(0, 4, true),
  FLOAT16(1, 2, true),
  INT32(2, 4, false),
  /** In fp32, yet of fewer significant bits: their last digits are mostly 0. */
  ROUNDED_FLOAT32(3, 4, true);

  private final int number;
  private final int bytes;
  private final boolean floating;

  NumberType(int number, int bytes, boolean floating) {
    this.number = number;
    this.bytes = bytes;
    this.floating = floating;
  }

  /** What stands for it in a list of segments. */
  int number() {
    return number;
  }

  /**
   * The type of that number.
   *
   * @throws IllegalArgumentException if there is none
   */
  static NumberType of(int number) {
    for (NumberType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new IllegalArgumentException("its numbers are of the unknown type " + number);
  }

  /** Of one number. */
  public int bytes() {
    return bytes;
  }

  /** The number at a place, as an integer that is in the order of the numbers. */
  int ordered(byte[] from, int at) {
    int bits =
        bytes == 4
            ? (from[at] & 0xff)
                | ((from[at + 1] & 0xff) << 8)
                | ((from[at + 2] & 0xff) << 16)
                | (from[at + 3] << 24)
            : (from[at] & 0xff) | (from[at + 1] << 8);
    return swapped(bits);
  }

  /** Writes back what {@link #ordered} gave. */
  void put(int ordered, byte[] to, int at) {
    int bits = swapped(ordered);
    for (int i = 0; i < bytes; i++) {
      to[at + i] = (byte) (bits >> (Byte.SIZE * i));
    }
  }

  /**
   * Negative floating-point numbers are in the opposite order of their bits: all but the sign are
   * flipped. Its own inverse. Two bytes are held sign-extended.
   */
  private int swapped(int bits) {
    return floating && bits < 0 ? bits ^ (bytes == 4 ? 0x7fff_ffff : 0x7fff) : bits;
  }
}
