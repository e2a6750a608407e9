package io.distillstream.trainer.parameter;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which row of a table of vectors each of its entries has: word pieces, and hashed pairs of them.
 * At first every entry has its own; where pruning takes rows out, their entries share those of
 * others. So an entry keeps its number, and tokenizers need not know of it.
 */
public final class TableRows {
  /** Stands for the row of each entry being its own. */
  private static final int[] OWN = {};

  private static final int LARGEST_EXACT_FLOAT = 1 << 24;

  private final int entries;
  private final int count;
  private final int[] rowOf;

  private TableRows(int entries, int count, int[] rowOf) {
    this.entries = entries;
    this.count = count;
    this.rowOf = rowOf;
  }

  /** A row for each of so many entries. */
  public static TableRows own(int entries) {
    return new TableRows(entries, entries, OWN);
  }

  /**
   * A row for each entry.
   *
   * @param rowOf by entry
   * @throws IllegalArgumentException unless the rows count from 0 and each is some entry's
   */
  public static TableRows of(int... rowOf) {
    Extents.atLeast(1, rowOf.length, "entries");
    boolean[] used = new boolean[rowOf.length];
    int count = 0;
    boolean own = true;
    for (int entry = 0; entry < rowOf.length; entry++) {
      int row = rowOf[entry];
      if (row < 0 || row >= rowOf.length) {
        throw new IllegalArgumentException(
            "entry %d has row %d, expected 0 to %d".formatted(entry, row, rowOf.length - 1));
      }
      count += used[row] ? 0 : 1;
      used[row] = true;
      own &= row == entry;
    }
    for (int row = 0; row < count; row++) {
      if (!used[row]) {
        throw new IllegalArgumentException(
            "row %d of %d is no entry's; each has to be".formatted(row, count));
      }
    }
    return new TableRows(rowOf.length, count, own ? OWN : rowOf.clone());
  }

  /**
   * The inverse of {@link #toTensor()}.
   *
   * @throws IllegalArgumentException if these are no rows
   */
  public static TableRows of(FloatTensor tensor) {
    float[] values = tensor.values();
    int[] rows = new int[values.length];
    for (int entry = 0; entry < rows.length; entry++) {
      rows[entry] = (int) values[entry];
      if (rows[entry] != values[entry]) {
        throw new IllegalArgumentException("entry %d has row %s".formatted(entry, values[entry]));
      }
    }
    return of(rows);
  }

  public int entries() {
    return entries;
  }

  /** Number of rows. */
  public int count() {
    return count;
  }

  /** The row of an entry. */
  public int row(int entry) {
    return rowOf.length == 0 ? entry : rowOf[entry];
  }

  /** Whether any entries share a row. */
  public boolean shared() {
    return count < entries;
  }

  /** By entry. */
  public int[] toArray() {
    return IntStream.range(0, entries).map(this::row).toArray();
  }

  /**
   * By entry, in fp32 like everything else that states hold.
   *
   * @throws IllegalStateException if there are more rows than fp32 counts
   */
  public FloatTensor toTensor() {
    if (count > LARGEST_EXACT_FLOAT) {
      throw new IllegalStateException("fp32 does not count to " + count);
    }
    float[] values = new float[entries];
    for (int entry = 0; entry < entries; entry++) {
      values[entry] = row(entry);
    }
    return new FloatTensor(new int[] {entries}, values);
  }

  /**
   * Without some of the rows. Those that stay keep their order.
   *
   * @param heirs by row, the one that its entries have from now on: itself if it stays, or one that
   *     stays
   */
  public TableRows leaving(int... heirs) {
    int[] place = new int[count];
    int next = 0;
    for (int row = 0; row < count; row++) {
      place[row] = heirs[row] == row ? next++ : -1;
    }
    int[] rows = new int[entries];
    for (int entry = 0; entry < entries; entry++) {
      int heir = heirs[row(entry)];
      if (place[heir] < 0) {
        throw new IllegalArgumentException("row %d is an heir and goes itself".formatted(heir));
      }
      rows[entry] = place[heir];
    }
    return of(rows);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof TableRows that
            && entries == that.entries
            && Arrays.equals(rowOf, that.rowOf));
  }

  @Override
  public int hashCode() {
    return 31 * entries + Arrays.hashCode(rowOf);
  }

  @Override
  public String toString() {
    return shared() ? count + " rows for " + entries : count + " rows";
  }
}
