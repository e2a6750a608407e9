package io.distillstream.trainer.schedule;

import java.util.Optional;

/**
 * The settings of every step as a function of the records learned so far, so that a resumed run
 * needs no state of its own.
 *
 * @param temperature τ of the distillation loss
 * @param alpha weight of the KL term
 * @param learningRate after warm-up
 * @param wordRate see {@link StepSettings#wordRate}
 * @param warmUpRecords over which the learning rate grows linearly from 0
 * @param weightDecay see {@link StepSettings#weightDecay}
 * @param clipNorm see {@link StepSettings#clipNorm}
 * @param spikeFactor see {@link StepSettings#spikeFactor}
 * @param quantizedFrom records learned from which on steps are {@link StepSettings#quantized}
 * @param adaptive takes the place of the temperature's ramp, where present
 * @param averaging of the weights that devices get, where present
 */
public record TrainingSchedule(
    Ramp temperature,
    double alpha,
    Ramp learningRate,
    double wordRate,
    long warmUpRecords,
    double weightDecay,
    double clipNorm,
    double spikeFactor,
    long quantizedFrom,
    Optional<AdaptiveTemperature> adaptive,
    Optional<Averaging> averaging) {

  private static final Ramp TEMPERATURE = new Ramp(Ramp.Shape.EXPONENTIAL, 8, 2, 5_000);
  private static final double ALPHA = 0.7;
  private static final double RATE = 3e-3;
  private static final long WARM_UP_RECORDS = 640;
  private static final double WEIGHT_DECAY = 0.01;
  private static final double CLIP_NORM = 1;
  private static final double SPIKE_FACTOR = 8;

  public TrainingSchedule {
    if (warmUpRecords < 0) {
      throw new IllegalArgumentException("warmUpRecords must not be negative: " + warmUpRecords);
    }
  }

  /**
   * In full precision throughout, with a temperature that follows its ramp, without averaging,
   * words as fast as the rest.
   */
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
        1,
        warmUpRecords,
        weightDecay,
        clipNorm,
        spikeFactor,
        Long.MAX_VALUE,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The default, for a stream without end: the temperature cools over the first 5,000 records; the
   * learning rate stays high, so that the student keeps learning and following the stream, and
   * averaging takes out what that adds in noise.
   */
  public static TrainingSchedule standard() {
    return new TrainingSchedule(
        TEMPERATURE,
        ALPHA,
        new Ramp(Ramp.Shape.COSINE, RATE, RATE, 20_000),
        1,
        WARM_UP_RECORDS,
        WEIGHT_DECAY,
        CLIP_NORM,
        SPIKE_FACTOR,
        Long.MAX_VALUE,
        Optional.empty(),
        Optional.of(new Averaging(0.3, 40_000)));
  }

  /**
   * For a pass of known length instead: the learning rate falls tenfold over it, and the newest
   * weights are the student.
   *
   * @param records of the pass
   */
  public static TrainingSchedule annealed(long records) {
    return new TrainingSchedule(
        TEMPERATURE,
        ALPHA,
        new Ramp(Ramp.Shape.COSINE, RATE, RATE / 10, records),
        WARM_UP_RECORDS,
        WEIGHT_DECAY,
        CLIP_NORM,
        SPIKE_FACTOR);
  }

  /** The settings of the step that follows after {@code recordsLearned} records. */
  public StepSettings at(long recordsLearned) {
    return at(recordsLearned, recordsLearned, recordsLearned, recordsLearned);
  }

  /**
   * The same with the ramps elsewhere on their ways.
   *
   * @param temperaturePosition records since the temperature's ramp began
   * @param ratePosition records since the learning rate's ramp began
   * @param averagingPosition records since the stream last changed
   */
  public StepSettings at(
      long recordsLearned, long temperaturePosition, long ratePosition, long averagingPosition) {
    double warmUp =
        recordsLearned < warmUpRecords ? (recordsLearned + 1.0) / (warmUpRecords + 1.0) : 1;
    return new StepSettings(
        temperature.at(temperaturePosition),
        alpha,
        learningRate.at(ratePosition) * warmUp,
        wordRate,
        weightDecay,
        clipNorm,
        spikeFactor,
        recordsLearned >= quantizedFrom,
        averaging.map(average -> average.window(averagingPosition)).orElse(0.0));
  }
}
