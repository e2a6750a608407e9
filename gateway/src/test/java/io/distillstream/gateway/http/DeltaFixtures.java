package io.distillstream.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.delta.DeltaWriter;
import io.distillstream.delta.NumberType;
import io.distillstream.delta.Segment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Deltas between made-up versions of a model, of every codec and with segments of every kind. */
final class DeltaFixtures {
  private static final int DIRECTIONS = 4;

  private final Random random;
  private final ByteArrayOutputStream from = new ByteArrayOutputStream();
  private final ByteArrayOutputStream to = new ByteArrayOutputStream();
  private final List<Segment> segments = new ArrayList<>();

  private DeltaFixtures(long seed) {
    random = new Random(seed);
  }

  /** Each with the names {@code codec}, {@code from}, {@code delta} and {@code to}. */
  static List<Object> all() {
    List<Object> all = new ArrayList<>();
    for (int columns : new int[] {1, 7, 128, 300, 5_000}) {
      DeltaFixtures made = new DeltaFixtures(columns);
      made.copied(500);
      made.numbers(NumberType.FLOAT32, 1, 0);
      made.numbers(NumberType.ROUNDED_FLOAT32, 7, 11);
      made.numbers(NumberType.FLOAT16, 3, 0);
      made.numbers(NumberType.INT32, 2, 0);
      made.rows(columns, 0, 1);
      made.rows(columns, 128, 1.02f);
      made.literal(400);
      all.add(made.mixed());
      all.add(made.deflated());
    }
    return all;
  }

  private Object mixed() {
    return delta(
        "context-mixing-3", DeltaWriter.mixed(from.toByteArray(), to.toByteArray(), segments));
  }

  private Object deflated() {
    return delta("deflate", DeltaWriter.deflated(from.toByteArray(), to.toByteArray()));
  }

  private Object delta(String codec, byte[] delta) {
    return Map.of(
        "codec", codec,
        "from", base64(from.toByteArray()),
        "delta", base64(delta),
        "to", base64(to.toByteArray()));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private void copied(int length) {
    byte[] same = new byte[length];
    random.nextBytes(same);
    segments.add(new Segment.Copy(length, from.size()));
    from.writeBytes(same);
    to.writeBytes(same);
  }

  /** Text beside a similar one. */
  private void literal(int length) {
    byte[] before = "the words that a tokenizer knows ".repeat(length).getBytes(UTF_8);
    byte[] text = Arrays.copyOf(before, length);
    segments.add(new Segment.Literal(length, from.size()));
    from.writeBytes(Arrays.copyOf(before, length - 20));
    text[length / 2] = 'X';
    to.writeBytes(text);
  }

  private void numbers(NumberType type, int width, int dropped) {
    int count = 40 * width;
    ByteBuffer before = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer after = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      double value = random.nextGaussian();
      double moved = value + random.nextGaussian() * random.nextInt(3) / 3;
      if (type.bytes() == 2) {
        before.putShort((short) (20_000 * value));
        after.putShort((short) (20_000 * moved));
      } else {
        before.putInt(Float.floatToRawIntBits((float) value) & (-1 << dropped));
        after.putInt(Float.floatToRawIntBits((float) moved) & (-1 << dropped));
      }
    }
    segments.add(new Segment.Numbers(before.capacity(), from.size(), type, width));
    from.writeBytes(before.array());
    to.writeBytes(after.array());
  }

  /**
   * Weights that move along a few directions, some of them by much, in half of the rows; with
   * scales, of which every second moves.
   */
  private void rows(int columns, int zero, float factor) {
    int rows = Math.max(30, 120_000 / columns / 4);
    ByteBuffer oldScales = ByteBuffer.allocate(4 * columns).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer newScales = ByteBuffer.allocate(4 * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < columns; c++) {
      float scale = 0.001f + 0.001f * random.nextFloat();
      oldScales.putFloat(scale);
      newScales.putFloat(c % 2 == 0 ? scale * factor : scale);
    }
    int scalesAt = from.size();
    segments.add(new Segment.Numbers(4L * columns, scalesAt, NumberType.FLOAT32, 1));
    from.writeBytes(oldScales.array());
    to.writeBytes(newScales.array());

    double[][] directions = new double[DIRECTIONS][columns];
    for (double[] direction : directions) {
      Arrays.setAll(direction, c -> random.nextGaussian());
    }
    byte[] before = new byte[rows * columns - columns / 2];
    byte[] after = new byte[before.length];
    double[] by = new double[DIRECTIONS];
    for (int i = 0; i < before.length; i++) {
      int column = i % columns;
      if (column == 0) {
        double most = random.nextInt(2) * (random.nextInt(8) == 0 ? 30 : 1);
        Arrays.setAll(by, d -> most * random.nextGaussian());
      }
      double weight = 40 * random.nextGaussian();
      double moved = weight;
      for (int d = 0; d < DIRECTIONS; d++) {
        moved += by[d] * directions[d][column];
      }
      before[i] = level(weight, zero);
      after[i] = level(moved / (column % 2 == 0 ? factor : 1), zero);
    }
    segments.add(
        new Segment.Rows(
            before.length,
            from.size(),
            columns,
            zero,
            factor == 1
                ? Optional.empty()
                : Optional.of(new Segment.Scales(scalesAt, scalesAt, columns, 1))));
    from.writeBytes(before);
    to.writeBytes(after);
  }

  private static byte level(double weight, int zero) {
    return (byte) (Math.max(-127, Math.min(127, Math.rint(weight))) + zero);
  }
}
