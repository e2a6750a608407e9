package io.distillstream.delta;

import io.distillstream.delta.Segment.Copy;
import io.distillstream.delta.Segment.Literal;
import io.distillstream.delta.Segment.Numbers;
import io.distillstream.delta.Segment.Rows;
import io.distillstream.delta.Segment.Scales;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Codes the segments of a file, numbers first: scales are among them, and tell what to expect of
 * weights. Holds pieces of {@value #PIECE_BYTES} bytes, and tables in proportion to the longest
 * row; never a whole file.
 */
final class SegmentCoding {
  private static final int PIECE_BYTES = 1 << 16;

  private final Versions versions;
  private final BinaryCoder coder;
  private final TextModel text;
  private final byte[] old = new byte[PIECE_BYTES];
  private final byte[] fresh = new byte[PIECE_BYTES];

  SegmentCoding(Versions versions, BinaryCoder coder, TextModel text) {
    this.versions = versions;
    this.coder = coder;
    this.text = text;
  }

  void code(List<Segment> segments) throws IOException {
    codeNumbers(segments);
    RowsModel rows = new RowsModel(widestRows(segments));
    long at = 0;
    for (Segment segment : segments) {
      if (segment instanceof Copy copy) {
        copy(copy, at);
      } else if (segment instanceof Literal literal) {
        literal(literal, at);
      } else if (segment instanceof Rows matrix) {
        rows(matrix, at, rows);
      }
      at += segment.length();
    }
  }

  private void codeNumbers(List<Segment> segments) throws IOException {
    NumbersModel model = new NumbersModel(widestNumbers(segments));
    long at = 0;
    for (Segment segment : segments) {
      if (segment instanceof Numbers numbers) {
        model.begin(numbers);
        for (long done = 0; done < numbers.length(); done += PIECE_BYTES) {
          int piece = (int) Math.min(PIECE_BYTES, numbers.length() - done);
          versions.readOld(numbers.from() + done, old, piece);
          versions.before(at + done, fresh, piece);
          model.code(coder, old, fresh, piece);
          versions.after(at + done, fresh, piece);
        }
      }
      at += segment.length();
    }
  }

  private void copy(Copy copy, long at) throws IOException {
    for (long done = 0; done < copy.length(); done += PIECE_BYTES) {
      int piece = (int) Math.min(PIECE_BYTES, copy.length() - done);
      versions.readOld(copy.from() + done, old, piece);
      versions.after(at + done, old, piece);
    }
  }

  private void literal(Literal literal, long at) throws IOException {
    for (long done = 0; done < literal.length(); done += PIECE_BYTES) {
      int piece = (int) Math.min(PIECE_BYTES, literal.length() - done);
      long like = literal.like() + done;
      int known = (int) Math.max(0, Math.min(piece, versions.oldBytes() - like));
      versions.readOld(like, old, known);
      versions.before(at + done, fresh, piece);
      for (int i = 0; i < piece; i++) {
        int expected = i < known ? old[i] & 0xff : TextModel.NOTHING;
        fresh[i] = (byte) text.code(coder, fresh[i] & 0xff, expected);
      }
      versions.after(at + done, fresh, piece);
    }
  }

  private void rows(Rows matrix, long at, RowsModel model) throws IOException {
    float[] oldScales = new float[0];
    float[] newScales = new float[0];
    Optional<Scales> scales = matrix.scales();
    if (scales.isPresent()) {
      int bytes = Float.BYTES * scales.get().count();
      byte[] raw = new byte[bytes];
      versions.readOld(scales.get().from(), raw, bytes);
      oldScales = floats(raw);
      versions.readNew(scales.get().to(), raw, bytes);
      newScales = floats(raw);
    }
    model.begin(matrix, oldScales, newScales);
    int wholeRows = PIECE_BYTES / matrix.width() * matrix.width();
    for (long done = 0; done < matrix.length(); done += wholeRows) {
      int piece = (int) Math.min(wholeRows, matrix.length() - done);
      versions.readOld(matrix.from() + done, old, piece);
      versions.before(at + done, fresh, piece);
      model.code(coder, old, fresh, piece);
      versions.after(at + done, fresh, piece);
    }
  }

  private static float[] floats(byte[] raw) {
    float[] floats = new float[raw.length / Float.BYTES];
    for (int i = 0; i < floats.length; i++) {
      int at = Float.BYTES * i;
      floats[i] =
          Float.intBitsToFloat(
              (raw[at] & 0xff)
                  | ((raw[at + 1] & 0xff) << 8)
                  | ((raw[at + 2] & 0xff) << 16)
                  | (raw[at + 3] << 24));
    }
    return floats;
  }

  private static int widestRows(List<Segment> segments) {
    int widest = 1;
    for (Segment segment : segments) {
      widest = segment instanceof Rows rows ? Math.max(widest, rows.width()) : widest;
    }
    return widest;
  }

  private static int widestNumbers(List<Segment> segments) {
    int widest = 1;
    for (Segment segment : segments) {
      widest = segment instanceof Numbers numbers ? Math.max(widest, numbers.width()) : widest;
    }
    return widest;
  }
}
