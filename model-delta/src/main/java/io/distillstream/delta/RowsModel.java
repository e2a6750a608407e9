package io.distillstream.delta;

import io.distillstream.delta.Segment.Rows;
import java.io.IOException;

/**
 * Differences of 8-bit weights. Most rows of a word table do not change at all between two versions
 * of a student, and of the others few weights do, by one. So of each row it is coded whether it has
 * changed, and in a row that has, of each weight whether it has as {@link ChangePredictor} expects;
 * then, of what it has not, the sign and the size. Each of these bits is predicted from how right
 * expectations have been so far in the row, in the column and in the neighbourhood, from the weight
 * itself, from what remains of its expected change beyond a whole number, and, where scales have
 * moved, from what remains of the old weight beyond a whole number of new scales.
 */
final class RowsModel {
  /** Differences up to this many are counted one by one; the rest of larger ones is a number. */
  private static final int COUNTED = 8;

  private static final int REST_BITS = 7;

  private static final int EXPECTATIONS = ChangePredictor.FRACTIONS * ChangePredictor.WHOLES;

  private final BitPredictor rowChanged = new BitPredictor(1, 256, 4096, Rate.BUCKETS * 2);
  private final BitPredictor changed;
  private final BitPredictor sign;
  private final BitPredictor larger;
  private final BitPredictor rest = new BitPredictor(1, 1 << REST_BITS);

  private final RowHistory history;
  private final Rescaling rescaling;
  private final ChangePredictor changes;
  private int width = 1;
  private int rowsBefore;
  private int rowRate;

  /**
   * @param widest row there will be
   */
  RowsModel(int widest) {
    changed =
        new BitPredictor(
            Rate.BUCKETS,
            Rate.BUCKETS * 16,
            256,
            widest,
            Rate.BUCKETS * Rate.BUCKETS,
            Rescaling.REMAINDERS * 8 * Rate.BUCKETS,
            RowHistory.SURROUNDINGS,
            256 * Rate.BUCKETS,
            Rate.BUCKETS * EXPECTATIONS);
    sign =
        new BitPredictor(
            1,
            Rescaling.REMAINDERS * 3,
            81 * 3,
            widest,
            256,
            3 * 3 * 3,
            3 * ChangePredictor.FRACTIONS);
    larger =
        new BitPredictor(
            1, COUNTED * Rate.BUCKETS, COUNTED * 64, COUNTED * widest, COUNTED * EXPECTATIONS);
    history = new RowHistory(widest);
    rescaling = new Rescaling();
    changes = new ChangePredictor(widest);
  }

  /**
   * @param oldScales those of the old file, empty where scales have not moved
   * @param newScales those of the new file
   */
  void begin(Rows segment, float[] oldScales, float[] newScales) {
    width = segment.width();
    rescaling.begin(segment, oldScales, newScales);
    history.begin();
    changes.begin(width);
    changed.forget(2);
    sign.forget(2);
    larger.forget(2);
    rowsBefore = 0;
    rowRate = Rate.EVEN;
  }

  /**
   * Codes rows.
   *
   * @param old weights of the old file
   * @param fresh those of the new file, which an encoder reads and a decoder writes
   */
  void code(BinaryCoder coder, byte[] old, byte[] fresh, int length) throws IOException {
    for (int from = 0; from < length; from += width) {
      codeRow(coder, old, fresh, from, Math.min(from + width, length));
    }
  }

  private void codeRow(BinaryCoder coder, byte[] old, byte[] fresh, int from, int to)
      throws IOException {
    rescaling.row(old, from, to);
    int differs = 0;
    for (int i = from; differs == 0 && i < to; i++) {
      differs = fresh[i] == rescaling.expected(i - from) ? 0 : 1;
    }
    rowChanged.context(0, rowsBefore & 0xff);
    rowChanged.context(1, rowsBefore & 0xfff);
    rowChanged.context(2, Rate.bucket(rowRate) * 2 + (rowsBefore & 1));
    differs = rowChanged.code(coder, differs, 0);
    rowsBefore = (rowsBefore << 1) | differs;
    rowRate = Rate.next(rowRate, differs, 5);
    if (differs == 0) {
      for (int i = from; i < to; i++) {
        fresh[i] = rescaling.expected(i - from);
      }
      return;
    }
    history.row();
    for (int i = from; i < to; i++) {
      byte unchanged = rescaling.expected(i - from);
      changes.predict(i - from);
      byte expected = (byte) (unchanged + changes.whole());
      byte difference = (byte) (fresh[i] - expected);
      fresh[i] = (byte) (expected + difference(coder, difference, i - from));
      changes.changed(i - from, (byte) (fresh[i] - unchanged));
    }
    changes.endRow();
  }

  private int difference(BinaryCoder coder, int difference, int column) throws IOException {
    int rate = history.rowBucket();
    int weight = rescaling.weight(column);
    int remainder = rescaling.remainder(column);
    changed.context(0, rate * 16 + history.progress());
    changed.context(1, history.flags());
    changed.context(2, column);
    changed.context(3, rate * Rate.BUCKETS + history.columnBucket(column));
    changed.context(4, (remainder * 8 + size(weight)) * Rate.BUCKETS + rate);
    changed.context(5, history.surroundings(column));
    changed.context(6, (weight + 128) * Rate.BUCKETS + history.nearBucket());
    changed.context(7, rate * EXPECTATIONS + expectation(changes.fractionClass()));
    int coded = changed.code(coder, difference == 0 ? 0 : 1, rate);
    if (coded != 0) {
      int direction = sign(coder, difference < 0 ? 1 : 0, column);
      int fraction = changes.fractionClass();
      int onwards = direction == 1 ? ChangePredictor.FRACTIONS - 1 - fraction : fraction;
      int magnitude = magnitude(coder, Math.abs(difference), rate, column, expectation(onwards));
      coded = direction == 1 ? -magnitude : magnitude;
    }
    history.coded(column, coded);
    return coded;
  }

  /** The class of the expected change with a fraction that is seen in some direction. */
  private int expectation(int fraction) {
    return fraction * ChangePredictor.WHOLES + changes.wholeClass();
  }

  private int sign(BinaryCoder coder, int negative, int column) throws IOException {
    int weight = rescaling.weight(column);
    sign.context(0, rescaling.remainder(column) * 3 + Integer.signum(weight) + 1);
    sign.context(1, history.signs() * 3 + history.signAbove(column));
    sign.context(2, column);
    sign.context(3, weight + 128);
    sign.context(4, history.signsAround(column));
    sign.context(5, changes.fractionClass() * 3 + Integer.signum(changes.whole()) + 1);
    return sign.code(coder, negative, 0);
  }

  private int magnitude(BinaryCoder coder, int magnitude, int rate, int column, int expectation)
      throws IOException {
    for (int counted = 0; counted < COUNTED; counted++) {
      larger.context(0, counted * Rate.BUCKETS + rate);
      larger.context(1, counted * 64 + history.sizes(column));
      larger.context(2, counted * width + column);
      larger.context(3, counted * EXPECTATIONS + expectation);
      if (larger.code(coder, magnitude > counted + 1 ? 1 : 0, 0) == 0) {
        return counted + 1;
      }
    }
    int left = magnitude - COUNTED - 1;
    int node = 1;
    for (int shift = REST_BITS - 1; shift >= 0; shift--) {
      rest.context(0, node);
      node = (node << 1) | rest.code(coder, (left >> shift) & 1, 0);
    }
    return COUNTED + 1 + node - (1 << REST_BITS);
  }

  /** How large a weight is, in eight classes. */
  private static int size(int weight) {
    return Math.min(7, Integer.SIZE - Integer.numberOfLeadingZeros(Math.abs(weight)));
  }
}
