package io.distillstream.delta;

import io.distillstream.delta.Segment.Copy;
import io.distillstream.delta.Segment.Literal;
import io.distillstream.delta.Segment.Numbers;
import io.distillstream.delta.Segment.Rows;
import io.distillstream.delta.Segment.Scales;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The segments of a new file, from its beginning to its end, as they stand at the head of a delta:
 * their count, then of each its kind, its length and what it is coded against. Numbers have seven
 * bits a byte, the lowest first; the place in the old file is counted from where the segment before
 * ended there.
 */
final class SegmentList {
  /** Far more than any model has tensors, and few enough to hold and to check. */
  static final int MOST = 1 << 13;

  private static final int COPY = 0;
  private static final int LITERAL = 1;
  private static final int NUMBERS = 2;
  private static final int ROWS = 3;
  private static final int RESCALED_ROWS = 4;

  private SegmentList() {}

  static void write(List<Segment> segments, TextModel model, BinaryCoder coder) throws IOException {
    Varints out = new Varints(model, coder);
    out.code(segments.size());
    long expected = 0;
    for (Segment segment : segments) {
      if (segment instanceof Copy copy) {
        out.code(COPY, copy.length(), zigzag(copy.from() - expected));
        expected = copy.from() + copy.length();
      } else if (segment instanceof Literal literal) {
        out.code(LITERAL, literal.length(), zigzag(literal.like() - expected));
      } else if (segment instanceof Numbers numbers) {
        out.code(NUMBERS, numbers.length(), zigzag(numbers.from() - expected));
        out.code(numbers.type().number(), numbers.width());
        expected = numbers.from() + numbers.length();
      } else if (segment instanceof Rows rows) {
        boolean rescaled = rows.scales().isPresent();
        out.code(rescaled ? RESCALED_ROWS : ROWS, rows.length(), zigzag(rows.from() - expected));
        out.code(rows.width(), rows.zero());
        if (rescaled) {
          Scales scales = rows.scales().get();
          out.code(scales.from(), scales.to(), scales.count(), scales.run());
        }
        expected = rows.from() + rows.length();
      }
    }
  }

  /**
   * Reads a list and holds it to both files.
   *
   * @param fromBytes length of the old file
   * @param toBytes length of the new one
   * @throws InvalidDeltaException if a segment is outside of either, or they do not add up
   */
  static List<Segment> read(TextModel model, BinaryCoder coder, long fromBytes, long toBytes)
      throws IOException {
    Varints in = new Varints(model, coder);
    long count = in.code(0);
    if (count > MOST) {
      throw new InvalidDeltaException("It has " + count + " segments, expected at most " + MOST);
    }
    List<Segment> segments = new ArrayList<>();
    long expected = 0;
    long left = toBytes;
    for (int i = 0; i < count; i++) {
      Segment segment;
      try {
        segment = read(in, expected);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new InvalidDeltaException("Segment " + i + ": " + e.getMessage(), e);
      }
      left -= segment.length();
      if (segment.length() < 1 || left < 0) {
        throw new InvalidDeltaException(
            "Segment " + i + " has " + segment.length() + " bytes, " + toBytes + " make the file");
      }
      long from = from(segment);
      // Of a literal, as much as there is.
      long needed = segment instanceof Literal ? 0 : segment.length();
      if (from < 0 || from > fromBytes - needed) {
        throw new InvalidDeltaException(
            String.format(
                "Segment %d is made from %d bytes at %d of a file of %d",
                i, needed, from, fromBytes));
      }
      expected = needed == 0 ? expected : from + needed;
      segments.add(segment);
    }
    if (left > 0) {
      throw new InvalidDeltaException(
          "Its segments leave out " + left + " of " + toBytes + " bytes");
    }
    checkScales(segments, fromBytes);
    return segments;
  }

  private static Segment read(Varints in, long expected) throws IOException {
    int kind = in.codeInt(0);
    long length = in.code(0);
    long from = Math.addExact(expected, unzigzag(in.code(0)));
    if (kind == LITERAL) {
      return new Literal(length, from);
    }
    if (kind == COPY) {
      return new Copy(length, from);
    }
    if (kind == NUMBERS) {
      NumberType type = NumberType.of(in.codeInt(0));
      return new Numbers(length, from, type, in.codeInt(0));
    }
    if (kind != ROWS && kind != RESCALED_ROWS) {
      throw new IllegalArgumentException("it is of the unknown kind " + kind);
    }
    int width = in.codeInt(0);
    int zero = in.codeInt(0);
    Optional<Scales> scales =
        kind == ROWS
            ? Optional.empty()
            : Optional.of(new Scales(in.code(0), in.code(0), in.codeInt(0), in.codeInt(0)));
    return new Rows(length, from, width, zero, scales);
  }

  /** New scales are read where they were written, so they must have been. */
  private static void checkScales(List<Segment> segments, long fromBytes)
      throws InvalidDeltaException {
    for (Segment segment : segments) {
      if (segment instanceof Rows rows && rows.scales().isPresent()) {
        Scales scales = rows.scales().get();
        long bytes = (long) Float.BYTES * scales.count();
        if (scales.from() > fromBytes - bytes || !written(segments, scales.to(), bytes)) {
          throw new InvalidDeltaException(
              String.format(
                  "%d scales at %d of the old file and %d of the new one are not there",
                  scales.count(), scales.from(), scales.to()));
        }
      }
    }
  }

  private static boolean written(List<Segment> segments, long at, long bytes) {
    long start = 0;
    for (Segment segment : segments) {
      if (segment instanceof Numbers numbers
          && numbers.type() == NumberType.FLOAT32
          && at >= start
          && at <= start + segment.length() - bytes) {
        return true;
      }
      start += segment.length();
    }
    return false;
  }

  private static long from(Segment segment) {
    if (segment instanceof Copy copy) {
      return copy.from();
    }
    if (segment instanceof Literal literal) {
      return literal.like();
    }
    return segment instanceof Numbers numbers ? numbers.from() : ((Rows) segment).from();
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
