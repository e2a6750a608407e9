package io.distillstream.delta;

import io.distillstream.delta.Segment.Numbers;
import java.io.IOException;
import java.util.Arrays;

/**
 * Differences of numbers that are too fine to repeat. Of each its sign, its number of binary digits
 * and the first two digits after the leading one are predicted; the rest is noise and is coded as
 * it is, except in rounded numbers, whose last digits are predicted by their places.
 */
final class NumbersModel {
  /** Numbers of digits, 0 to 32, as the leaves of a binary tree. */
  private static final int DIGIT_BITS = 6;

  private static final int TREE = 1 << DIGIT_BITS;
  private static final int LENGTHS = Integer.SIZE + 1;
  private static final int PREDICTED_DIGITS = 2;
  private static final int EVEN = 1 << 15;

  private final BitPredictor digits;
  private final BitPredictor sign = new BitPredictor(1, 9, 3 * LENGTHS, 9 * 3);
  private final BitPredictor leading = new BitPredictor(1, LENGTHS << PREDICTED_DIGITS);
  private final BitPredictor trailing = new BitPredictor(1, Integer.SIZE);

  private NumberType type = NumberType.FLOAT32;
  private int width = 1;
  private int column;

  /**
   * Digits and signs of the newest differences: of the row above and, before the column, of this.
   */
  private final byte[] digitsAbove;

  private final byte[] signsAbove;
  private int digitsLeft;
  private int digitsBefore;
  private int signLeft;
  private int signBefore;

  /**
   * @param widest row there will be
   */
  NumbersModel(int widest) {
    digits =
        new BitPredictor(1, TREE, TREE * LENGTHS, TREE * LENGTHS, TREE * LENGTHS, widest * TREE);
    digitsAbove = new byte[widest];
    signsAbove = new byte[widest];
  }

  void begin(Numbers segment) {
    type = segment.type();
    width = segment.width();
    column = 0;
    Arrays.fill(digitsAbove, (byte) 0);
    Arrays.fill(signsAbove, (byte) 0);
    digitsLeft = 0;
    digitsBefore = 0;
    signLeft = 0;
    signBefore = 0;
    digits.forget(4);
  }

  /**
   * Codes numbers.
   *
   * @param old those of the old file
   * @param fresh those of the new file, which an encoder reads and a decoder writes
   */
  void code(BinaryCoder coder, byte[] old, byte[] fresh, int length) throws IOException {
    for (int at = 0; at < length; at += type.bytes()) {
      int before = type.ordered(old, at);
      type.put(before + difference(coder, type.ordered(fresh, at) - before), fresh, at);
      column = column + 1 < width ? column + 1 : 0;
    }
  }

  private int difference(BinaryCoder coder, int difference) throws IOException {
    int length = length(coder, Integer.SIZE - Integer.numberOfLeadingZeros(magnitude(difference)));
    int signNow = 0;
    int coded = 0;
    if (length > 0) {
      signNow = sign(coder, difference < 0 ? 1 : 0, length);
      coded = magnitude(coder, magnitude(difference), length);
      coded = signNow == 2 ? -coded : coded;
    }
    digitsAbove[column] = (byte) length;
    signsAbove[column] = (byte) signNow;
    digitsBefore = digitsLeft;
    digitsLeft = length;
    signBefore = signLeft;
    signLeft = signNow;
    return coded;
  }

  /** As an unsigned number. */
  private static int magnitude(int difference) {
    return difference < 0 ? -difference : difference;
  }

  private int length(BinaryCoder coder, int length) throws IOException {
    int above = digitsAbove[column];
    int node = 1;
    for (int shift = DIGIT_BITS - 1; shift >= 0; shift--) {
      digits.context(0, node);
      digits.context(1, digitsLeft * TREE + node);
      digits.context(2, above * TREE + node);
      digits.context(3, (digitsLeft + digitsBefore + above) / 3 * TREE + node);
      digits.context(4, column * TREE + node);
      node = (node << 1) | digits.code(coder, (length >> shift) & 1, 0);
    }
    if (node - TREE >= LENGTHS) {
      throw new InvalidDeltaException("A difference in it has " + (node - TREE) + " binary digits");
    }
    return node - TREE;
  }

  /** 1 for a positive difference, 2 for a negative one. */
  private int sign(BinaryCoder coder, int negative, int length) throws IOException {
    sign.context(0, signLeft * 3 + signBefore);
    sign.context(1, signsAbove[column] * LENGTHS + length);
    sign.context(2, (signLeft * 3 + signBefore) * 3 + signsAbove[column]);
    return 1 + sign.code(coder, negative, 0);
  }

  private int magnitude(BinaryCoder coder, int magnitude, int length) throws IOException {
    int coded = 1;
    int node = 1;
    for (int shift = length - 2; shift >= 0; shift--) {
      int bit = (magnitude >>> shift) & 1;
      if (shift >= length - 1 - PREDICTED_DIGITS) {
        leading.context(0, (length << PREDICTED_DIGITS) + node);
        bit = leading.code(coder, bit, 0);
        node = (node << 1) | bit;
      } else if (type == NumberType.ROUNDED_FLOAT32) {
        trailing.context(0, shift);
        bit = trailing.code(coder, bit, 0);
      } else {
        bit = coder.code(bit, EVEN);
      }
      coded = (coded << 1) | bit;
    }
    return coded;
  }
}
