package io.distillstream.delta;

import java.util.Arrays;

/**
 * What has changed otherwise than expected so far in a matrix: in this row, in its columns, and in
 * the last changed row.
 */
final class RowHistory {
  /** Classes of what surrounds a weight. */
  static final int SURROUNDINGS = 5 * 3 * 5 * 3 * 3;

  private static final int COLUMN_SHIFT = 5;
  private static final int NEAR_SHIFT = 4;

  /** Differences of the last changed row. */
  private byte[] above;

  /** Differences of this row, up to the column. */
  private byte[] here;

  private final char[] columnRates;
  private int column;
  private int changes;
  private int flags;
  private int near;

  /** Signs of the last four changes of this row, each 0 to 2, as digits to the base 3. */
  private int signs;

  RowHistory(int widest) {
    above = new byte[widest];
    here = new byte[widest];
    columnRates = new char[widest];
  }

  void begin() {
    Arrays.fill(above, (byte) 0);
    Arrays.fill(here, (byte) 0);
    Arrays.fill(columnRates, (char) (Rate.EVEN / 8));
    near = Rate.EVEN / 8;
  }

  /** A row that has changed begins. */
  void row() {
    byte[] last = above;
    above = here;
    here = last;
    column = 0;
    changes = 0;
    flags = 0;
    signs = 40;
  }

  /** A weight of this row was coded. */
  void coded(int column, int difference) {
    int happened = difference == 0 ? 0 : 1;
    here[column] = (byte) Math.max(-100, Math.min(100, difference));
    this.column = column + 1;
    changes += happened;
    flags = (flags << 1) | happened;
    near = Rate.next(near, happened, NEAR_SHIFT);
    columnRates[column] = (char) Rate.next(columnRates[column], happened, COLUMN_SHIFT);
    if (happened == 1) {
      signs = (signs * 3 + 1 + Integer.signum(difference)) % 81;
    }
  }

  /** Class of how much of this row has changed. */
  int rowBucket() {
    return Rate.bucket(changes, column);
  }

  /** Class of how much of the newest weights has changed, those of rows before included. */
  int nearBucket() {
    return Rate.bucket(near);
  }

  int columnBucket(int column) {
    return Rate.bucket(columnRates[column]);
  }

  /** How far the row is coded, in 16 classes. */
  int progress() {
    return Math.min(15, Integer.SIZE - Integer.numberOfLeadingZeros(column));
  }

  /** Whether each of the last eight weights has changed. */
  int flags() {
    return flags & 0xff;
  }

  int signs() {
    return signs;
  }

  int signAbove(int column) {
    return 1 + Integer.signum(above[column]);
  }

  /** Signs of the neighbours left, above, and above to the right. */
  int signsAround(int column) {
    return (sign(here, column - 1) * 3 + sign(above, column)) * 3 + sign(above, column + 1);
  }

  /** Class of the neighbours: two to the left, three above. */
  int surroundings(int column) {
    int left = clipped(here, column - 1);
    int overhead = clipped(above, column);
    return (((left * 3 + sign(here, column - 2)) * 5 + overhead) * 3 + sign(above, column - 1)) * 3
        + sign(above, column + 1);
  }

  /** Class of the sizes of neighbouring changes. */
  int sizes(int column) {
    int largest = Math.min(7, size(here, column - 1) + size(here, column - 2));
    return largest * 8 + Math.min(7, size(above, column));
  }

  private static int size(byte[] row, int column) {
    return column < 0 ? 0 : Math.abs(row[column]);
  }

  private static int clipped(byte[] row, int column) {
    return column < 0 ? 2 : 2 + Math.max(-2, Math.min(2, row[column]));
  }

  private static int sign(byte[] row, int column) {
    return column < 0 || column >= row.length ? 1 : 1 + Integer.signum(row[column]);
  }
}
