package io.distillstream.trainer.engine;

import java.util.Optional;

/**
 * The settings of every step as a function of the records learned so far, so that a resumed run
 * needs no state of its own.
 *
 * @param temperature τ of the distillation loss
 * @param alpha weight of the KL term
 * @param learningRate after warm-up
 * @param warmUpRecords over which the learning rate grows linearly from 0
 * @param weightDecay see {@link StepSettings#weightDecay}
 * @param clipNorm see {@link StepSettings#clipNorm}
 * @param spikeFactor see {@link StepSettings#spikeFactor}
 * @param quantizedFrom records learned from which on steps are {@link StepSettings#quantized}
 * @param adaptive takes the place of the temperature's ramp, where present
 */
public record TrainingSchedule(
    Ramp temperature,
    double alpha,
    Ramp learningRate,
    long warmUpRecords,
    double weightDecay,
    double clipNorm,
    double spikeFactor,
    long quantizedFrom,
    Optional<AdaptiveTemperature> adaptive) {

  public TrainingSchedule {
    if (warmUpRecords < 0) {
      throw new IllegalArgumentException("warmUpRecords must not be negative: " + warmUpRecords);
    }
  }

  /** In full precision throughout, with a temperature that follows its ramp. */
  public TrainingSchedule(
      Ramp temperature,
      double alpha,
      Ramp learningRate,
      long warmUpRecords,
      double weightDecay,
      double clipNorm,
      double spikeFactor) {
    this(
        temperature,
        alpha,
        learningRate,
        warmUpRecords,
        weightDecay,
        clipNorm,
        spikeFactor,
        Long.MAX_VALUE,
        Optional.empty());
  }

  /**
   * The default: the temperature cools over the first 5,000 records; over the first 20,000 the
   * learning rate falls tenfold, then stays, so that the student settles yet keeps following the
   * stream.
   */
  public static TrainingSchedule standard() {
    return new TrainingSchedule(
        new Ramp(Ramp.Shape.EXPONENTIAL, 8, 2, 5_000),
        0.7,
        new Ramp(Ramp.Shape.COSINE, 3e-3, 3e-4, 20_000),
        640,
        0.01,
        1.0,
        8.0);
  }

  /** The settings of the step that follows after {@code recordsLearned} records. */
  public StepSettings at(long recordsLearned) {
    return at(recordsLearned, recordsLearned, recordsLearned);
  }

  /**
   * The same with the ramps elsewhere on their ways.
   *
   * @param temperaturePosition records since the temperature's ramp began
   * @param ratePosition records since the learning rate's ramp began
   */
  public StepSettings at(long recordsLearned, long temperaturePosition, long ratePosition) {
    double warmUp =
        recordsLearned < warmUpRecords ? (recordsLearned + 1.0) / (warmUpRecords + 1.0) : 1;
    return new StepSettings(
        temperature.at(temperaturePosition),
        alpha,
        learningRate.at(ratePosition) * warmUp,
        weightDecay,
        clipNorm,
        spikeFactor,
        recordsLearned >= quantizedFrom);
  }
}
