package io.distillstream.delta;

import java.io.IOException;

/** Whole numbers of 0 to 2^63 − 1 in groups of seven bits, the lowest first. */
final class Varints {
  private static final int GROUP = 7;
  private static final int MORE = 1 << GROUP;

  private final TextModel model;
  private final BinaryCoder coder;

  Varints(TextModel model, BinaryCoder coder) {
    this.model = model;
    this.coder = coder;
  }

  void code(long... values) throws IOException {
    for (long value : values) {
      code(value);
    }
  }

  /**
   * Codes a number.
   *
   * @param value what an encoder writes; a decoder ignores it
   */
  long code(long value) throws IOException {
    long left = value;
    long coded = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += GROUP) {
      int group =
          model.code(
              coder, (int) (left & (MORE - 1)) | (left >= MORE ? MORE : 0), TextModel.NOTHING);
      coded |= (long) (group & (MORE - 1)) << shift;
      left >>>= GROUP;
      if (group < MORE) {
        return coded;
      }
    }
    throw new InvalidDeltaException("A number in it has more than 63 bits");
  }

  /** The same of a number below 2^31. */
  int codeInt(int value) throws IOException {
    long coded = code((long) value);
    if (coded > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(coded + " is above " + Integer.MAX_VALUE);
    }
    return (int) coded;
  }
}
