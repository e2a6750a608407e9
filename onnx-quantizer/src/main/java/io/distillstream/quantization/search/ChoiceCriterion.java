package io.distillstream.quantization.search;

import java.util.Comparator;
import java.util.function.ToDoubleFunction;

/** Which of several candidates that pass is the better one. */
public enum ChoiceCriterion {
  /** The smaller file; the faster of files that differ by less than a hundredth. */
  SMALLEST,
  /** The lower median latency; the smaller file of those within a twentieth. */
  FASTEST;

  /** The better one comes first. */
  Comparator<Attempt> order() {
    Comparator<Attempt> bySize = byStep(attempt -> (double) attempt.measured().bytes(), 0.01);
    Comparator<Attempt> byLatency = byStep(ChoiceCriterion::latency, 0.05);
    return switch (this) {
      case SMALLEST -> bySize.thenComparingDouble(ChoiceCriterion::latency);
      case FASTEST -> byLatency.thenComparingLong(attempt -> attempt.measured().bytes());
    };
  }

  private static double latency(Attempt attempt) {
    return attempt.measured().latency().map(ratio -> ratio.median()).orElse(1.0);
  }

  /** By a value's logarithm in steps, so that noise does not decide and the order is total. */
  private static Comparator<Attempt> byStep(ToDoubleFunction<Attempt> value, double step) {
    return Comparator.comparingLong(
        attempt -> Math.round(Math.log(value.applyAsDouble(attempt)) / Math.log1p(step)));
  }
}
