package io.distillstream.quantization.calibrate.distribution;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How often which values occurred, in {@value #BINS} bins of one width that is a power of two: bin
 * {@code k} counts values in [k · width, (k + 1) · width).
 *
 * <p>The width is the smallest for which the bins span all values seen, and 0. When a value falls
 * outside, the width doubles and pairs of bins become one, so counts stay exact, and what is held
 * depends only on which values were seen, neither on their order nor on how they were divided among
 * histograms that were merged. At least half of the bins lie between the least and the greatest
 * value.
 *
 * <p>Exact zeros are counted apart: any range that holds 0 represents them without error. Values
 * that are not finite or beyond ±{@value #LIMIT} are masks, which are meant to be clipped; they are
 * counted, and have no part in anything else.
 *
 * <p>Counts are doubles, exact up to 2⁵³, so that they can {@linkplain #fade fade}. Not
 * thread-safe.
 */
public final class Histogram {
  /** 32 KiB of counts. 16 bins for each of 256 levels, so that a range can be cut to a 16th. */
  public static final int BINS = BinCounts.BINS;

  /** No activation that is worth its levels is as large. */
  public static final float LIMIT = 1e30f;

  /** A faded count below this is forgotten: what occurred once is, after ten half-lives. */
  static final double FORGOTTEN = 1.0 / 1024;

  private final BinCounts bins = new BinCounts();
  private double zeros;
  private double masks;

  /**
   * Counts all values.
   *
   * @return the bounds of these values, masks aside, and 0
   */
  @CanIgnoreReturnValue
  public Range add(float[] values) {
    Range bounds = boundsOf(values);
    bins.widen(bounds.min(), bounds.max());
    count(values, 1 / bins.width());
    return bounds;
  }

  /**
   * Apart from {@link #count}: in one method with it, the two compile to a quarter of the speed.
   */
  private static Range boundsOf(float[] values) {
    float least = 0;
    float greatest = 0;
    for (float value : values) {
      if (Math.abs(value) <= LIMIT) {
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
    }
    return new Range(least, greatest);
  }

  private void count(float[] values, double binsPerUnit) {
    double[] window = bins.window();
    for (float value : values) {
      if (value == 0) {
        zeros++;
      } else if (Math.abs(value) <= LIMIT) {
        window[(int) Math.floor(value * binsPerUnit) & BinCounts.MASK]++;
      } else {
        masks++;
      }
    }
  }

  /** Adds what another one counted, as if this one had seen it. */
  public void addAll(Histogram other) {
    bins.addAll(other.bins);
    zeros += other.zeros;
    masks += other.masks;
  }

  /**
   * Lets all counts weigh less. A bin whose count falls below 1/1024 is forgotten; the bounds then
   * close in on what is left, and the bins become finer when that fills less than a quarter of
   * them. A bin that is divided gives half of its count to either part.
   *
   * @param factor in (0, 1]
   */
  public void fade(double factor) {
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException("Expected a factor in (0, 1], got " + factor);
    }
    bins.fade(factor, FORGOTTEN);
    zeros = zeros * factor < FORGOTTEN ? 0 : zeros * factor;
    masks = masks * factor < FORGOTTEN ? 0 : masks * factor;
  }

  /** The bin of the least value, or of 0. */
  int firstBin() {
    return bins.first();
  }

  /** The bin of the greatest value, or of 0. */
  int lastBin() {
    return bins.last();
  }

  /** How many values fell into a bin between the first and the last; zeros are not among them. */
  double count(int bin) {
    return bins.count(bin);
  }

  /** Where a bin begins. */
  double lowerEdge(int bin) {
    return bins.edge(bin);
  }

  /** Where the values of a bin can begin: its edge, or the least value seen. */
  double from(int bin) {
    return bins.from(bin);
  }

  /** Where the values of a bin can end: its edge, or the greatest value seen. */
  double to(int bin) {
    return bins.to(bin);
  }

  /** From the least to the greatest value seen; holds 0. */
  public Range bounds() {
    return bins.bounds();
  }

  /** Width of a bin. */
  public double binWidth() {
    return bins.width();
  }

  /** How many values were counted, zeros included, masks not; less when they have faded. */
  public double total() {
    return zeros + bins.total();
  }

  /** How many values were exactly 0. */
  public double zeros() {
    return zeros;
  }

  /** How many values were not finite or beyond ±{@value #LIMIT}. */
  public double masks() {
    return masks;
  }

  /**
   * The value that a share of all values does not exceed, interpolated within its bin.
   *
   * @param share in [0, 1]
   */
  public double quantile(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("Expected a share in [0, 1], got " + share);
    }
    double left = share * total();
    for (int bin = firstBin(); bin <= lastBin(); bin++) {
      if (bin == 0) {
        left -= zeros;
        if (left <= 0) {
          return 0;
        }
      }
      double count = count(bin);
      if (count > 0 && left <= count) {
        return from(bin) + left / count * (to(bin) - from(bin));
      }
      left -= count;
    }
    return bins.bounds().max();
  }

  /**
   * Mean of (x − q(x))² over all values x, where q rounds to the nearest of the levels {@code scale
   * · (i − zeroPoint)}, {@code i} in [0, levels), and clips what lies beyond. Values are taken to
   * be spread evenly within their bin, so the result is off by what a value moves within one; with
   * one level it is the mean square of the values themselves.
   *
   * @param scale above 0
   * @param zeroPoint the level of 0, in [0, levels)
   * @param levels 256 for 8 bits
   * @return in squared units of the values; 0 if there are none
   */
  public double meanSquaredError(double scale, int zeroPoint, int levels) {
    QuantizationError error = new QuantizationError(scale, zeroPoint, levels);
    double sum = 0;
    for (int bin = firstBin(); bin <= lastBin(); bin++) {
      double count = count(bin);
      if (count > 0) {
        sum += count * error.mean(from(bin), to(bin));
      }
    }
    return sum == 0 ? 0 : sum / total();
  }

  /** The same for the levels that a range is cut into. */
  public double meanSquaredError(Range range, int levels) {
    return meanSquaredError(range.scale(levels), range.zeroPoint(levels), levels);
  }

  /** Size of what is held; the same however many values were counted. */
  public long stateBytes() {
    return bins.stateBytes() + 2 * Double.BYTES;
  }

  /** Only the bins from the least to the greatest value are written. */
  public void writeTo(DataOutput out) throws IOException {
    bins.writeFrame(out);
    out.writeDouble(zeros);
    out.writeDouble(masks);
    bins.writeCounts(out);
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @throws java.io.StreamCorruptedException if it is not that
   */
  public static Histogram readFrom(DataInput in) throws IOException {
    Histogram read = new Histogram();
    read.bins.readFrame(in, LIMIT);
    read.zeros = StoredState.count(in);
    read.masks = StoredState.count(in);
    read.bins.readCounts(in);
    return read;
  }
}
