package io.distillstream.delta;

import java.util.Optional;

/** A part of the new file, and what it is coded against. Offsets and lengths are in bytes. */
public sealed interface Segment {
  /** Longest row, in elements, and most scales of a segment: what bounds a decoder's memory. */
  int MOST_IN_A_ROW = 1 << 16;

  long length();

  /**
   * The bytes of the old file.
   *
   * @param from where they begin there
   */
  record Copy(long length, long from) implements Segment {}

  /**
   * Bytes that the old file does not have.
   *
   * @param like where in the old file there may be similar ones, up to its end
   */
  record Literal(long length, long like) implements Segment {}

  /**
   * Little-endian numbers that differ from as many of the old file.
   *
   * @param from where those begin
   * @param width numbers in a row
   */
  record Numbers(long length, long from, NumberType type, int width) implements Segment {
    public Numbers {
      requireRow(width);
      if (length % type.bytes() != 0) {
        throw new IllegalArgumentException(
            length + " bytes are no whole count of " + type + " numbers");
      }
    }
  }

  /**
   * A matrix of 8-bit weights that differs from one of the old file.
   *
   * @param from where that one begins
   * @param width weights in a row; the last row may be shorter
   * @param zero value of a byte, as unsigned, that stands for 0: 0 or 128
   * @param scales of both matrices, where they differ
   */
  record Rows(long length, long from, int width, int zero, Optional<Scales> scales)
      implements Segment {
    public Rows {
      requireRow(width);
      if (zero != 0 && zero != 128) {
        throw new IllegalArgumentException("zero is " + zero + ", expected 0 or 128");
      }
    }
  }

  /**
   * The scales by which weights are multiplied, float32: that of weight i is number {@code i / run
   * mod count}. Where a scale has moved, the old weight times the quotient of both is what the new
   * one is coded against.
   *
   * @param from where the old ones begin in the old file
   * @param to where the new ones begin in the new file, within a segment of {@link
   *     NumberType#FLOAT32}
   * @param count how many there are
   * @param run neighbouring weights that share one
   */
  record Scales(long from, long to, int count, int run) {
    public Scales {
      if (count < 1 || count > MOST_IN_A_ROW) {
        throw new IllegalArgumentException(
            "count is " + count + ", expected 1 to " + MOST_IN_A_ROW);
      }
      if (run < 1) {
        throw new IllegalArgumentException("run is " + run + ", expected at least 1");
      }
    }
  }

  private static void requireRow(int width) {
    if (width < 1 || width > MOST_IN_A_ROW) {
      throw new IllegalArgumentException("width is " + width + ", expected 1 to " + MOST_IN_A_ROW);
    }
  }
}
