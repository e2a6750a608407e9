package io.distillstream.teacher.queue;

import java.util.function.LongSupplier;

/**
 * How fast texts are labelled, measured on the newest batches and commits. Costs of texts are in
 * the teacher's own unit, see {@link PendingText#size}. Thread-safe.
 */
public final class Pace {

  /** Weight of the newest measurement in the running means. */
  private static final double NEWEST = 0.2;

  /**
   * How many times its mean one measurement counts as at most: while the process stood still, as on
   * a machine that sleeps, it says nothing of the next ones.
   */
  private static final double MOST = 4;

  /** A commit that takes no longer than this always counts as it is. */
  private static final double SHORT_COMMIT_MILLIS = 1_000;

  static final double MILLIS_PER_SECOND = 1e3;
  private static final double NANOS_PER_MILLI = 1e6;

  private final LongSupplier clock;

  private double batchMillis = Double.NaN;
  private double textMillis = Double.NaN;
  private double costMillis = Double.NaN;
  private double commitMillis;

  private long inModel;
  private long batchCost;
  private long batchPadded;
  private long batchSince;
  private long commitSince;
  private boolean committing;
  private long measuredAt;

  public Pace() {
    this(System::nanoTime);
  }

  /**
   * @param clock in nanoseconds
   */
  Pace(LongSupplier clock) {
    this.clock = clock;
  }

  /** The model is given texts of this cost, and nothing else before it has run them. */
  public synchronized void windowStarts(long cost) {
    inModel = cost;
  }

  /** The model has run all it was given, or failed on it. */
  public synchronized void windowEnds() {
    inModel = 0;
    batchCost = 0;
  }

  /**
   * The model begins with a part of its window.
   *
   * @param paddedCost what the call costs, with padding
   */
  synchronized void batchStarts(long cost, long paddedCost) {
    batchCost = cost;
    batchPadded = paddedCost;
    batchSince = clock.getAsLong();
  }

  /**
   * The model has answered a batch.
   *
   * @param cost of its texts
   * @param paddedCost what the call cost, with padding
   */
  synchronized void batchEnds(int texts, long cost, long paddedCost, long nanos) {
    double millis = nanos / NANOS_PER_MILLI;
    batchMillis = mean(batchMillis, millis);
    textMillis = mean(textMillis, millis / texts);
    costMillis = mean(costMillis, millis / Math.max(1, paddedCost));
    inModel = Math.max(0, inModel - cost);
    batchCost = 0;
    measuredAt = clock.getAsLong();
  }

  /** A commit begins. */
  public synchronized void commitStarts() {
    committing = true;
    commitSince = clock.getAsLong();
  }

  /**
   * The commit came to its end.
   *
   * @param succeeded or else its time says nothing of the next one's
   */
  public synchronized void commitEnds(boolean succeeded) {
    committing = false;
    if (succeeded) {
      measuredAt = clock.getAsLong();
      double millis = (measuredAt - commitSince) / NANOS_PER_MILLI;
      commitMillis = mean(commitMillis, millis, SHORT_COMMIT_MILLIS);
    }
  }

  /**
   * Whether nothing is under way that would be measured, nor was for so long: only trying tells
   * then how long something takes.
   */
  synchronized boolean isStale(double millis) {
    return inModel == 0
        && !committing
        && (clock.getAsLong() - measuredAt) / NANOS_PER_MILLI > millis;
  }

  /** Mean time of a batch, in seconds; NaN before the first. */
  public synchronized double batchSeconds() {
    return batchMillis / MILLIS_PER_SECOND;
  }

  /** Mean time of a text, in batches as they came; NaN before the first. */
  synchronized double textMillis() {
    return textMillis;
  }

  /** Mean time of a commit, or that of the one under way where it has taken longer already. */
  synchronized double commitMillis() {
    double elapsed = committing ? (clock.getAsLong() - commitSince) / NANOS_PER_MILLI : 0;
    return Math.max(commitMillis, elapsed);
  }

  /** Time of texts of this cost; NaN before the first batch. */
  synchronized double millis(long cost) {
    return costMillis * cost;
  }

  /** The cost of texts that take this time; {@link Long#MAX_VALUE} before the first batch. */
  synchronized long cost(double millis) {
    return Double.isNaN(costMillis) ? Long.MAX_VALUE : Math.round(millis / costMillis);
  }

  /** The cost of what the model was given and has not answered. */
  synchronized long inModel() {
    return inModel;
  }

  /**
   * Time that the model will take for what it was given: for the batch under way what is left of
   * its mean time, and then as long as it is late. NaN before the first batch.
   */
  synchronized double inModelMillis() {
    if (batchCost == 0) {
      return costMillis * inModel;
    }
    double elapsed = (clock.getAsLong() - batchSince) / NANOS_PER_MILLI;
    double rest = costMillis * (inModel - batchCost);
    return rest + Math.abs(costMillis * batchPadded - elapsed);
  }

  private static double mean(double before, double newest) {
    return Double.isNaN(before) ? newest : mean(before, newest, 0);
  }

  /**
   * @param alwaysCounts up to which a measurement counts as it is
   */
  private static double mean(double before, double newest, double alwaysCounts) {
    double most = Math.max(alwaysCounts, MOST * before);
    return before + NEWEST * (Math.min(newest, most) - before);
  }
}
