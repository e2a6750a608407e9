package io.distillstream.quantization.calibrate.distribution;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Counts in bins of one width that is a power of two, and the bounds of what was counted, which
 * hold 0. Bins become wider when the bounds do, and finer when counts have faded.
 */
final class BinCounts {
  /** 32 KiB of counts. */
  static final int BINS = 4096;

  /** The bits of a bin's number that are its place. */
  static final int MASK = BINS - 1;

  /** The width at which even the smallest float fills more than half of the bins. */
  static final int MIN_EXPONENT = -160;

  /** A bin's place is its number modulo BINS, so that a moving window needs no shifting. */
  private double[] counts = new double[BINS];

  private int exponent = MIN_EXPONENT;
  private float min;
  private float max;

  /** The counts themselves, a bin at its number's lowest bits; until the next change of width. */
  double[] window() {
    return counts;
  }

  /** Bounds that hold these too; the bins grow, never shrink. */
  void widen(float least, float greatest) {
    if (least < min || greatest > max) {
      // Adding 0 makes a negative zero plain.
      float from = Math.min(min, least) + 0f;
      float to = Math.max(max, greatest) + 0f;
      coarsen(exponentFor(from, to));
      min = from;
      max = to;
    }
  }

  /** Adds what others counted, as if it had been counted here. */
  void addAll(BinCounts other) {
    widen(other.min, other.max);
    coarsen(other.exponent);
    int shift = Math.min(exponent - other.exponent, Integer.SIZE - 1);
    for (int bin = other.first(); bin <= other.last(); bin++) {
      counts[(bin >> shift) & MASK] += other.count(bin);
    }
  }

  /**
   * Lets counts weigh less. The bounds close in on the counts that are not below the least that is
   * kept, and bins are divided while what is left fills less than a quarter of them.
   */
  void fade(double factor, double least) {
    int first = 0;
    int last = -1;
    for (int bin = first(); bin <= last(); bin++) {
      double count = counts[bin & MASK] * factor;
      counts[bin & MASK] = count < least ? 0 : count;
      if (count >= least) {
        first = Math.min(first, bin);
        last = Math.max(last, bin);
      }
    }
    min = Math.max(min, (float) edge(first));
    max = Math.min(max, (float) edge(last + 1));
    while (exponentFor(min, max) <= exponent - 2) {
      refine();
    }
  }

  private void coarsen(int newExponent) {
    if (newExponent <= exponent) {
      return;
    }
    double[] coarse = new double[BINS];
    int shift = Math.min(newExponent - exponent, Integer.SIZE - 1);
    for (int bin = first(); bin <= last(); bin++) {
      coarse[(bin >> shift) & MASK] += count(bin);
    }
    counts = coarse;
    exponent = newExponent;
  }

  private void refine() {
    double[] fine = new double[BINS];
    int first = first();
    int last = last();
    int firstPart = Bins.of(min, exponent - 1);
    int lastPart = Bins.of(max, exponent - 1);
    for (int bin = first; bin <= last; bin++) {
      // A part that lies beyond the bounds gets nothing, its sibling all.
      int lower = Math.max(firstPart, 2 * bin);
      int upper = Math.min(lastPart, 2 * bin + 1);
      fine[lower & MASK] += count(bin) / 2;
      fine[upper & MASK] += count(bin) / 2;
    }
    counts = fine;
    exponent--;
  }

  private static int exponentFor(float least, float greatest) {
    return Bins.exponentFor(least, greatest, BINS, MIN_EXPONENT);
  }

  /** The bin of the lower bound. */
  int first() {
    return Bins.of(min, exponent);
  }

  /** The bin of the upper bound. */
  int last() {
    return Bins.of(max, exponent);
  }

  /** What was counted in a bin between the first and the last. */
  double count(int bin) {
    return counts[bin & MASK];
  }

  double total() {
    return Arrays.stream(counts).sum();
  }

  /** Where a bin begins. */
  double edge(int bin) {
    return Bins.edge(bin, exponent);
  }

  /** Where the values of a bin can begin: its edge, or the lower bound. */
  double from(int bin) {
    return Math.max(edge(bin), min);
  }

  /** Where the values of a bin can end: its edge, or the upper bound. */
  double to(int bin) {
    return Math.min(edge(bin + 1), max);
  }

  double width() {
    return edge(1);
  }

  Range bounds() {
    return new Range(min, max);
  }

  long stateBytes() {
    return (long) counts.length * Double.BYTES + Integer.BYTES + 2 * Float.BYTES;
  }

  /** Writes width and bounds. */
  void writeFrame(DataOutput out) throws IOException {
    out.writeInt(exponent);
    out.writeFloat(min);
    out.writeFloat(max);
  }

  /**
   * Reads width and bounds, before anything was counted.
   *
   * @param limit that the bounds cannot exceed
   */
  void readFrame(DataInput in, float limit) throws IOException {
    exponent = in.readInt();
    min = in.readFloat();
    max = in.readFloat();
    StoredState.expect(
        min <= 0
            && min >= -limit
            && max >= 0
            && max <= limit
            && exponent >= exponentFor(min, max)
            && exponent <= Float.MAX_EXPONENT,
        "a histogram that cannot be");
  }

  /** Writes the counts from the first to the last bin. */
  void writeCounts(DataOutput out) throws IOException {
    for (int bin = first(); bin <= last(); bin++) {
      out.writeDouble(count(bin));
    }
  }

  /** Reads the counts of the bins that the bounds span. */
  void readCounts(DataInput in) throws IOException {
    for (int bin = first(); bin <= last(); bin++) {
      counts[bin & MASK] = StoredState.count(in);
    }
  }
}
