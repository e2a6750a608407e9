package io.distillstream.quantization.calibrate;

import io.distillstream.quantization.calibrate.distribution.EntropyRange;
import io.distillstream.quantization.calibrate.distribution.Histogram;
import io.distillstream.quantization.calibrate.distribution.LeastSquaresRange;
import io.distillstream.quantization.calibrate.distribution.MovingAverage;
import io.distillstream.quantization.calibrate.distribution.Range;

/** All that is kept of one tensor. Not thread-safe. */
final class TensorStatistics {
  private final Histogram histogram;
  private final MovingAverage average;

  TensorStatistics(Histogram histogram, MovingAverage average) {
    this.histogram = histogram;
    this.average = average;
  }

  static TensorStatistics empty(double momentum) {
    return new TensorStatistics(new Histogram(), new MovingAverage(momentum));
  }

  TensorStatistics copy() {
    TensorStatistics copy = empty(average.momentum());
    copy.addAll(this);
    return copy;
  }

  /** The tensor's values for one sample. */
  void add(float[] values) {
    average.add(histogram.add(values));
  }

  void addAll(TensorStatistics later) {
    histogram.addAll(later.histogram);
    average.addAll(later.average);
  }

  void fade(double factor) {
    histogram.fade(factor);
  }

  Histogram histogram() {
    return histogram;
  }

  MovingAverage average() {
    return average;
  }

  Range range(CalibrationSettings settings) {
    return switch (settings.method()) {
      case MIN_MAX -> histogram.bounds();
      case PERCENTILE -> percentile(settings.percentile());
      case ENTROPY -> new EntropyRange(histogram, settings.levels()).best();
      case MSE -> new LeastSquaresRange(histogram, settings.levels()).best();
      case MOVING_AVERAGE -> average.range();
    };
  }

  private Range percentile(double percentile) {
    double clipped = (1 - percentile / 100) / 2;
    double lower = histogram.quantile(clipped);
    double upper = histogram.quantile(1 - clipped);
    return new Range((float) Math.min(lower, 0), (float) Math.max(upper, 0));
  }

  long stateBytes() {
    return histogram.stateBytes() + average.stateBytes();
  }
}
