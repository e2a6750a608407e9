package io.distillstream.local.labels.stats;

/** Entropies, of which mean and percentiles are told. In nats. */
public final class EntropyHistogram {

  private static final double MOST_NATS = 20;

  private final double natsPerBin;
  private final long[] bins;
  private long count;
  private double sum;

  /**
   * @param natsPerBin how exactly percentiles are told
   */
  public EntropyHistogram(double natsPerBin) {
    this.natsPerBin = natsPerBin;
    this.bins = new long[(int) Math.ceil(MOST_NATS / natsPerBin)];
  }

  /** Adds one that is at least 0. */
  public void add(double nats) {
    count++;
    sum += nats;
    bins[(int) Math.min(bins.length - 1, nats / natsPerBin)]++;
  }

  double mean() {
    return sum / count;
  }

  /** The middle of the bin in which it lies. */
  public double percentile(double share) {
    long below = 0;
    int bin = 0;
    while (bin < bins.length - 1 && below + bins[bin] < share * count) {
      below += bins[bin++];
    }
    return (bin + 0.5) * natsPerBin;
  }
}
