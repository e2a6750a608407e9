package io.distillstream.quantization.calibrate.distribution;

/**
 * The range whose quantized values tell least about having been quantized: least Kullback–Leibler
 * divergence Σ P log(P / Q), after Migacz, "8-bit inference with TensorRT" (GTC 2017).
 *
 * <p>A candidate is a window of bins that holds 0 and has at least one bin per level. P is what was
 * observed, with what lies outside added to the window's outermost bins. Q is what quantization
 * leaves of the inside: the window is cut into as many segments as there are levels, and each
 * segment's mass is spread evenly over those of its bins that hold any. Exact zeros have no part:
 * every candidate keeps them.
 *
 * <p>As with Migacz, the search is over one threshold of magnitudes, from the widest down to the
 * narrowest: a bound that lies within it stays where it is, the other moves in. To move the bounds
 * one by one would be no better: all that is clipped counts as one bin, so that half of the values
 * can vanish in it at little divergence.
 */
public final class EntropyRange {
  private final Histogram histogram;
  private final int levels;

  /** Number of bins; bin {@code i} here is bin {@code first + i} of the histogram. */
  private final int bins;

  private final int first;

  /** Mass of the bins before {@code i}. [bins + 1], as the two others. */
  private final double[] mass;

  /** Number of bins before {@code i} that hold any mass. */
  private final int[] occupied;

  /** Sum of c log c over the counts c of the bins before {@code i}. */
  private final double[] logMass;

  public EntropyRange(Histogram histogram, int levels) {
    this.histogram = histogram;
    this.levels = levels;
    first = histogram.firstBin();
    bins = histogram.lastBin() - first + 1;
    mass = new double[bins + 1];
    occupied = new int[bins + 1];
    logMass = new double[bins + 1];
    for (int i = 0; i < bins; i++) {
      double count = histogram.count(first + i);
      mass[i + 1] = mass[i] + count;
      occupied[i + 1] = occupied[i] + (count > 0 ? 1 : 0);
      logMass[i + 1] = logMass[i] + timesLog(count);
    }
  }

  /** The best range; all that was seen if there are more levels than bins. */
  public Range best() {
    int zero = -first;
    double least = Double.POSITIVE_INFINITY;
    int bestFrom = 0;
    int bestTo = bins;
    for (int threshold = Math.max(zero, bins - zero); threshold > 0; threshold--) {
      int from = Math.max(0, zero - threshold);
      int to = Math.min(bins, zero + threshold);
      double divergence = divergence(from, to);
      if (divergence < least) {
        least = divergence;
        bestFrom = from;
        bestTo = to;
      }
    }
    return new Range(
        (float) histogram.from(first + bestFrom), (float) histogram.to(first + bestTo - 1));
  }

  /** Divergence of the window [from, to), in nats; infinite where Q has nothing and P has. */
  public double divergence(int from, int to) {
    double inside = mass[to] - mass[from];
    if (inside == 0 || to - from < levels) {
      return Double.POSITIVE_INFINITY;
    }
    double total = mass[bins];
    double sum = logMass[to] - logMass[from];
    for (int segment = 0; segment < levels; segment++) {
      int start = start(segment, from, to);
      int end = start(segment + 1, from, to);
      double inSegment = mass[end] - mass[start];
      if (inSegment > 0) {
        sum -= inSegment * Math.log(inSegment / (occupied[end] - occupied[start]));
      }
    }
    sum += clipped(mass[from], from, 0, from, to);
    sum += clipped(total - mass[to], to - 1, levels - 1, from, to);
    return sum / total + Math.log(inside / total);
  }

  /** What is added to the sum when this mass from outside joins bin {@code edge} of the window. */
  private double clipped(double outside, int edge, int segment, int from, int to) {
    if (outside <= 0) {
      return 0;
    }
    double count = mass[edge + 1] - mass[edge];
    int start = start(segment, from, to);
    int end = start(segment + 1, from, to);
    if (count == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double spread = (mass[end] - mass[start]) / (occupied[end] - occupied[start]);
    return timesLog(count + outside) - timesLog(count) - outside * Math.log(spread);
  }

  /** The first bin of a segment: a bin belongs to the segment in which it begins. */
  private int start(int segment, int from, int to) {
    return from + (segment * (to - from) + levels - 1) / levels;
  }

  private static double timesLog(double count) {
    return count > 0 ? count * Math.log(count) : 0;
  }
}
