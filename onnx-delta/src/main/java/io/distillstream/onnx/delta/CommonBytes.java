package io.distillstream.onnx.delta;

import io.distillstream.delta.Segment;
import io.distillstream.delta.Segment.Copy;
import io.distillstream.delta.Segment.Literal;
import java.util.Arrays;
import java.util.List;

/**
 * Finds stretches of the old file in bytes that no tensor pairs: the graph, names, metadata, and
 * tensors that are new. Looks first where the stretch before would go on, then for any place with
 * the same eight bytes.
 */
final class CommonBytes {
  private static final int KEY_BYTES = 8;

  /** Shorter stretches cost about as much as their bytes, which are coded beside similar ones. */
  private static final int LEAST = 12;

  private static final int TABLE_BITS = 18;

  private final byte[] from;
  private final byte[] to;

  /** For each hash of {@value #KEY_BYTES} bytes the last place in the old file that has it. */
  private final int[] places = new int[1 << TABLE_BITS];

  CommonBytes(byte[] from, byte[] to) {
    this.from = from;
    this.to = to;
    Arrays.fill(places, -1);
  }

  /** Takes a stretch of the old file into those that are searched. */
  void index(int start, int end) {
    for (int at = start; at <= end - KEY_BYTES; at++) {
      places[hash(from, at)] = at;
    }
  }

  /**
   * Adds segments for a stretch of the new file.
   *
   * @param expected where in the old file it may go on
   */
  void plan(int start, int end, int expected, List<Segment> segments) {
    int literal = start;
    int at = start;
    int offset = expected - start;
    while (at < end) {
      int place = at + offset;
      int length = common(place, at, end);
      if (length < LEAST && at <= end - KEY_BYTES) {
        place = places[hash(to, at)];
        length = common(place, at, end);
      }
      if (length >= LEAST) {
        literal(literal, at, offset, segments);
        segments.add(new Copy(length, place));
        offset = place - at;
        at += length;
        literal = at;
      } else {
        at++;
      }
    }
    literal(literal, end, offset, segments);
  }

  private void literal(int start, int end, int offset, List<Segment> segments) {
    if (end > start) {
      int like = Math.max(0, Math.min(from.length, start + offset));
      segments.add(new Literal(end - start, like));
    }
  }

  private int common(int place, int at, int end) {
    if (place < 0 || place >= from.length) {
      return 0;
    }
    int most = Math.min(end - at, from.length - place);
    int differs = Arrays.mismatch(from, place, place + most, to, at, at + most);
    return differs < 0 ? most : differs;
  }

  private static int hash(byte[] bytes, int at) {
    long key = 0;
    for (int i = 0; i < KEY_BYTES; i++) {
      key = (key << Byte.SIZE) | (bytes[at + i] & 0xff);
    }
    return (int) ((key * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - TABLE_BITS));
  }
}
