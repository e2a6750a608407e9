package io.distillstream.benchmarks.capacity;

import io.distillstream.chaos.process.Stage;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a stage takes of one core: a line through windows of a low and a high rate.
 *
 * @param standing cores, whatever the rate: what runs by the clock, as checkpoints do
 * @param perRequest seconds of a core for each further request
 */
record StageCost(double standing, double perRequest) {

  /**
   * @param low windows of one rate
   * @param high windows of a higher one
   */
  static StageCost of(Stage stage, List<Window> low, List<Window> high) {
    double lowRate = mean(low, Window::rate);
    double lowCores = mean(low, window -> window.cores(stage));
    double perRequest =
        (mean(high, window -> window.cores(stage)) - lowCores)
            / (mean(high, Window::rate) - lowRate);
    return new StageCost(lowCores - perRequest * lowRate, perRequest);
  }

  /** Cores at a rate, in requests per second. */
  double cores(double rate) {
    return standing + perRequest * rate;
  }

  private static double mean(List<Window> windows, ToDoubleFunction<Window> value) {
    return windows.stream().mapToDouble(value).average().orElseThrow();
  }
}
