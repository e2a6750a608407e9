package io.distillstream.trainer.batch;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Confidence beside success, in fifteen bins of equal width, as sums so that they add up.
 *
 * <p>The expected calibration error is the mean distance between the two over the bins, weighted by
 * their records: Guo, Pleiss, Sun, Weinberger, <a href="https://arxiv.org/abs/1706.04599">On
 * Calibration of Modern Neural Networks</a>, 2017, equation 3. Immutable.
 */
public final class CalibrationError {
  private static final int BINS = 15;

  /** Nothing counted yet. */
  public static final CalibrationError NONE =
      new CalibrationError(new double[BINS], new double[BINS], new double[BINS]);

  /** Number of records, or sum of their weights. */
  private final double[] records;

  private final double[] confidence;
  private final double[] successes;

  private CalibrationError(double[] records, double[] confidence, double[] successes) {
    this.records = records;
    this.confidence = confidence;
    this.successes = successes;
  }

  /**
   * Counts rows; one whose confidence is not a number counts for nothing.
   *
   * @param success what confidence should foretell
   */
  static CalibrationError of(List<RowScore> rows, Predicate<RowScore> success) {
    CalibrationError sum = NONE.copy();
    rows.forEach(row -> sum.count(row.confidence(), success.test(row)));
    return sum;
  }

  /**
   * Counts a single answer; one whose confidence is not a number counts for nothing.
   *
   * @param confidence 0 to 1
   * @param success what confidence should foretell
   */
  public static CalibrationError of(double confidence, boolean success) {
    CalibrationError one = NONE.copy();
    one.count(confidence, success);
    return one;
  }

  private void count(double confidence, boolean success) {
    if (!Double.isNaN(confidence)) {
      int bin = Math.min(BINS - 1, (int) (confidence * BINS));
      records[bin]++;
      this.confidence[bin] += confidence;
      successes[bin] += success ? 1 : 0;
    }
  }

  public CalibrationError plus(CalibrationError other) {
    CalibrationError sum = copy();
    for (int bin = 0; bin < BINS; bin++) {
      sum.records[bin] += other.records[bin];
      sum.confidence[bin] += other.confidence[bin];
      sum.successes[bin] += other.successes[bin];
    }
    return sum;
  }

  /** The same with every record counted so often. */
  CalibrationError times(double weight) {
    CalibrationError weighted = copy();
    for (int bin = 0; bin < BINS; bin++) {
      weighted.records[bin] *= weight;
      weighted.confidence[bin] *= weight;
      weighted.successes[bin] *= weight;
    }
    return weighted;
  }

  /** Expected calibration error, 0 to 1; NaN without records. */
  public double expectedCalibrationError() {
    double distance = 0;
    for (int bin = 0; bin < BINS; bin++) {
      distance += Math.abs(confidence[bin] - successes[bin]);
    }
    return distance / Arrays.stream(records).sum();
  }

  private CalibrationError copy() {
    return new CalibrationError(records.clone(), confidence.clone(), successes.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CalibrationError that
        && Arrays.equals(records, that.records)
        && Arrays.equals(confidence, that.confidence)
        && Arrays.equals(successes, that.successes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(records);
  }

  @Override
  public String toString() {
    return "CalibrationError[%s]".formatted(expectedCalibrationError());
  }
}
