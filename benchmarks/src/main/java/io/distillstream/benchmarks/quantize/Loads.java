package io.distillstream.benchmarks.quantize;

import io.distillstream.benchmarks.measure.Quantiles;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Latency of the same models, loaded anew several times: where a session's memory comes to lie
 * changes its latency by a few percent for as long as it lives.
 *
 * @param turns of each load
 */
record Loads(List<Turns> turns) {
  Loads {
    turns = List.copyOf(turns);
  }

  /** Median over loads and samples, milliseconds. */
  double medianMillis(int model) {
    return Quantiles.median(turns.stream().mapToDouble(load -> load.medianMillis(model)));
  }

  /** Median over the loads of the ratio of both models' times, and the least and greatest. */
  String ratio(int model, int over) {
    DoubleSummaryStatistics all = ratios(model, over).summaryStatistics();
    return String.format(
        Locale.ROOT,
        "×%.3f (%.3f–%.3f)",
        Quantiles.median(ratios(model, over)),
        all.getMin(),
        all.getMax());
  }

  private DoubleStream ratios(int model, int over) {
    return turns.stream().mapToDouble(load -> load.ratio(model, over));
  }
}
