package io.distillstream.wire.entropy;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * How often each entry of a growing table is expected, with their sums in a binary indexed tree
 * [1], so that all takes logarithmic time.
 *
 * <p>[1] P. M. Fenwick: A new data structure for cumulative frequency tables. Software: Practice
 * and Experience 24, 1994.
 */
public final class Frequencies {

  private static final int FEWEST = 64;

  private int[] values;
  private int[] sums;
  private int size;
  private int total;

  /** Without entries. */
  public Frequencies() {
    this(new int[FEWEST], new int[FEWEST + 1], 0, 0);
  }

  private Frequencies(int[] values, int[] sums, int size, int total) {
    this.values = values;
    this.sums = sums;
    this.size = size;
    this.total = total;
  }

  /** One that goes on by itself. */
  public Frequencies copy() {
    return new Frequencies(values.clone(), sums.clone(), size, total);
  }

  public int size() {
    return size;
  }

  public int total() {
    return total;
  }

  public int of(int entry) {
    return values[entry];
  }

  /** Adds an entry of this frequency. */
  public void append(int frequency) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
      sums = new int[2 * size + 1];
      for (int entry = 0; entry < size; entry++) {
        spread(entry, values[entry]);
      }
    }
    size++;
    set(size - 1, frequency);
  }

  /** Changes a frequency, which may be 0. */
  public void set(int entry, int frequency) {
    int more = frequency - values[entry];
    values[entry] = frequency;
    total += more;
    spread(entry, more);
  }

  /** Changes all of them, in linear time. */
  public void replace(IntUnaryOperator frequencyOfEntry) {
    Arrays.fill(sums, 0);
    total = 0;
    for (int entry = 0; entry < values.length; entry++) {
      int node = entry + 1;
      if (entry < size) {
        values[entry] = frequencyOfEntry.applyAsInt(entry);
        total += values[entry];
        sums[node] += values[entry];
      }
      int next = node + (node & -node);
      if (next < sums.length) {
        sums[next] += sums[node];
      }
    }
  }

  private void spread(int entry, int more) {
    for (int node = entry + 1; node < sums.length; node += node & -node) {
      sums[node] += more;
    }
  }

  /** The sum of all before an entry. */
  public int before(int entry) {
    int sum = 0;
    for (int node = entry; node > 0; node -= node & -node) {
      sum += sums[node];
    }
    return sum;
  }

  /**
   * The entry at a place in the sum of all.
   *
   * @param place from 0, below the total
   */
  public int at(int place) {
    int entry = 0;
    int left = place;
    for (int step = Integer.highestOneBit(sums.length - 1); step > 0; step >>= 1) {
      int next = entry + step;
      if (next < sums.length && sums[next] <= left) {
        entry = next;
        left -= sums[next];
      }
    }
    return entry;
  }
}
