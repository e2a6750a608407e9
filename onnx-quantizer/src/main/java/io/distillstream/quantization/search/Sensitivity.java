package io.distillstream.quantization.search;

import io.distillstream.quantization.plan.Precision;

/**
 * How much the answers suffer when one layer alone is held in a precision.
 *
 * @param key which layer and precision; all other layers are as they came
 * @param error power of the difference over that of the answers, or an estimate that is
 *     proportional to it; infinite if the engine refuses the layer so
 */
public record Sensitivity(Key key, double error) {

  /** A layer, by its name, in a precision. */
  public record Key(String layer, Precision precision) {}

  public Sensitivity {
    if (error < 0) {
      throw new IllegalArgumentException("An error is not negative, was " + error);
    }
    // A layer that ruins the answers entirely comes before all others.
    error = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }
}
