package io.distillstream.quantization;

import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.gate.GateBudgets;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.search.ChoiceCriterion;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.search.Timing;
import io.distillstream.quantization.signedness.TargetProcessor;
import io.distillstream.quantization.weights.SignificantBits;
import java.util.List;
import java.util.Optional;

/**
 * How a model is quantized.
 *
 * @param ladders all of which are tried, at least one
 * @param fallbacks tried one after the other while nothing has passed
 * @param objective which of several that pass is taken
 * @param budgets of the gate
 * @param schemes how weights are held
 * @param target whose form of 8-bit weights is found by trial; empty: that of {@code schemes} stays
 * @param calibration how ranges are chosen from what was observed
 * @param passes over the graph before and after
 * @param timing of latency
 * @param effort of the search
 */
public record QuantizationSettings(
    List<Ladder> ladders,
    List<Ladder> fallbacks,
    ChoiceCriterion objective,
    GateBudgets budgets,
    SchemeOptions schemes,
    Optional<TargetProcessor> target,
    CalibrationSettings calibration,
    Passes passes,
    Timing timing,
    Effort effort) {

  public QuantizationSettings {
    ladders = List.copyOf(ladders);
    fallbacks = List.copyOf(fallbacks);
    if (ladders.isEmpty()) {
      throw new IllegalArgumentException("Expected at least one ladder of precisions");
    }
  }

  /**
   * What is done to the graph besides.
   *
   * @param optimize simplifies it first
   * @param equalize the channels of neighbouring layers before their weights are rounded
   * @param smooth activations before 8-bit products, as samples show them; only where every ladder
   *     has such products. Not for calibration that goes on from one model to the next: what is
   *     watched changes its units
   * @param correctBias for the mean error that rounding causes; needs calibration
   * @param constants how exactly what stays in fp32 is held
   */
  public record Passes(
      boolean optimize,
      boolean equalize,
      boolean smooth,
      boolean correctBias,
      SignificantBits constants) {
    /** Optimization alone. */
    public static final Passes STANDARD =
        new Passes(true, false, false, false, SignificantBits.ALL);

    public Passes with(SignificantBits other) {
      return new Passes(optimize, equalize, smooth, correctBias, other);
    }
  }

  /**
   * How long the search may look.
   *
   * @param maxSteps most layers' steps back towards fp32
   * @param sensitivitySamples answers compared per layer
   * @param allLayers measures every layer's sensitivity, also where the search needs none
   */
  public record Effort(int maxSteps, int sensitivitySamples, boolean allLayers) {
    /** As many steps as it takes; 16 answers per layer; only what the search needs. */
    public static final Effort STANDARD = new Effort(Integer.MAX_VALUE, 16, false);

    public Effort {
      if (maxSteps < 0 || sensitivitySamples < 1) {
        throw new IllegalArgumentException(
            "Expected at least 0 steps and 1 sample, got %d and %d"
                .formatted(maxSteps, sensitivitySamples));
      }
    }
  }
}
