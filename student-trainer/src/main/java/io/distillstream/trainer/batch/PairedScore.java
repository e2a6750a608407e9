package io.distillstream.trainer.batch;

/**
 * How the newest weights and their average did on the same records, as sums so that batches add up.
 *
 * <p>Not every record is scored twice, so figures of the average are estimated from those that are:
 * the newest weights' figure over all records, plus by how much the average was better or worse on
 * those scored with both. That is the difference estimator of survey sampling (Cochran, Sampling
 * Techniques, 1977, section 7.2): how hard the sampled records happen to be cancels out, and what
 * is left varies far less than the figure itself.
 *
 * @param newest scores of the newest weights
 * @param averaged scores of the average
 */
public record PairedScore(BatchScore newest, BatchScore averaged) {

  /** Fewer than that leave an error of some points of agreement: see {@link #isEnough}. */
  private static final int LEAST_RECORDS = 200;

  /** Nothing scored yet. */
  public static final PairedScore NONE = new PairedScore(BatchScore.NONE, BatchScore.NONE);

  /**
   * @throws IllegalArgumentException if these are not scores of the same number of records
   */
  public PairedScore {
    if (newest.records() != averaged.records()) {
      throw new IllegalArgumentException(
          "expected scores of the same records, got of %d and %d"
              .formatted(newest.records(), averaged.records()));
    }
  }

  public PairedScore plus(PairedScore other) {
    return new PairedScore(newest.plus(other.newest), averaged.plus(other.averaged));
  }

  /** Number of records scored with both. */
  public int records() {
    return newest.records();
  }

  /** Whether records enough for a figure to be reported, 200, were scored with both. */
  public boolean isEnough() {
    return records() >= LEAST_RECORDS;
  }

  /**
   * The average's agreement, in [0, 1]; NaN without records.
   *
   * @param all of the newest weights, over all records
   */
  public double agreement(BatchScore all) {
    return share(all.agreement() + averaged.agreement() - newest.agreement());
  }

  /**
   * The average's mean KL, nats, at least 0; NaN without records.
   *
   * @param all of the newest weights, over all records
   */
  public double meanKl(BatchScore all) {
    return Math.max(0, all.meanKl() + averaged.meanKl() - newest.meanKl());
  }

  /**
   * The average's accuracy, in [0, 1]; NaN where the truth is never known.
   *
   * @param all of the newest weights, over all records
   */
  public double accuracy(BatchScore all) {
    return share(all.accuracy() + averaged.accuracy() - newest.accuracy());
  }

  private static double share(double estimate) {
    return Math.max(0, Math.min(1, estimate));
  }
}
