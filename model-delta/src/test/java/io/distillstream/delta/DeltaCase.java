package io.distillstream.delta;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Two made-up versions of a file with a segment of every kind.
 *
 * @param from the old file
 * @param to the new one
 * @param segments that make it
 */
@SuppressWarnings("ArrayRecordComponent")
record DeltaCase(byte[] from, byte[] to, List<Segment> segments) {
  private static final int ROWS = 300;

  /**
   * A head that stays, a table of weights with its scales, other numbers, and a tail that is new.
   *
   * @param columns of the table
   * @param rescaled whether scales have moved
   */
  static DeltaCase of(long seed, int columns, boolean rescaled) {
    Random random = new Random(seed);
    byte[] head = new byte[500];
    random.nextBytes(head);
    float[] scales = scales(random, columns);
    float[] moved = scales.clone();
    if (rescaled) {
      for (int c = 0; c < columns; c += 2) {
        moved[c] *= 1.01f;
      }
    }
    byte[] weights = new byte[ROWS * columns - columns / 2];
    byte[] changed = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      int row = i / columns;
      double weight = 40 * random.nextGaussian();
      weights[i] = (byte) Math.max(-127, Math.min(127, Math.rint(weight)));
      double shift = row % 3 == 0 && random.nextInt(5) == 0 ? random.nextGaussian() * 3 : 0;
      double scaled = (weight + shift) * scales[i % columns] / moved[i % columns];
      changed[i] = (byte) Math.max(-127, Math.min(127, Math.rint(scaled)));
    }
    short[] halves = new short[40];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (short) random.nextInt();
    }
    ByteBuffer from = buffer(head, scales, weights, halves, 0);
    ByteBuffer to = buffer(head, moved, changed, halves, 3);
    byte[] tail = new byte[100];
    random.nextBytes(tail);
    byte[] before = bytes(from, new byte[0]);
    byte[] after = bytes(to, tail);
    return new DeltaCase(before, after, segments(head, columns, weights, halves, tail, rescaled));
  }

  private static List<Segment> segments(
      byte[] head, int columns, byte[] weights, short[] halves, byte[] tail, boolean rescaled) {
    int scalesAt = head.length;
    int weightsAt = scalesAt + 4 * columns;
    int halvesAt = weightsAt + weights.length;
    int integersAt = halvesAt + 2 * halves.length;
    List<Segment> segments = new ArrayList<>();
    segments.add(new Segment.Copy(head.length, 0));
    segments.add(new Segment.Numbers(4L * columns, scalesAt, NumberType.FLOAT32, 1));
    segments.add(
        new Segment.Rows(
            weights.length,
            weightsAt,
            columns,
            0,
            rescaled
                ? Optional.of(new Segment.Scales(scalesAt, scalesAt, columns, 1))
                : Optional.empty()));
    segments.add(new Segment.Numbers(2L * halves.length, halvesAt, NumberType.FLOAT16, 5));
    segments.add(new Segment.Numbers(4L * halves.length, integersAt, NumberType.INT32, 8));
    segments.add(new Segment.Literal(tail.length, 30));
    return segments;
  }

  private static float[] scales(Random random, int columns) {
    float[] scales = new float[columns];
    for (int c = 0; c < columns; c++) {
      scales[c] = 0.001f + 0.001f * random.nextFloat();
    }
    return scales;
  }

  private static ByteBuffer buffer(
      byte[] head, float[] scales, byte[] weights, short[] halves, int shift) {
    ByteBuffer buffer =
        ByteBuffer.allocate(head.length + 4 * scales.length + weights.length + 6 * halves.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(head);
    for (float scale : scales) {
      buffer.putFloat(scale);
    }
    buffer.put(weights);
    for (short half : halves) {
      buffer.putShort((short) (half + shift));
    }
    for (short half : halves) {
      buffer.putInt(1000 * half - shift);
    }
    return buffer;
  }

  private static byte[] bytes(ByteBuffer buffer, byte[] tail) {
    buffer.flip();
    return ByteBuffer.allocate(buffer.limit() + tail.length).put(buffer).put(tail).array();
  }
}
