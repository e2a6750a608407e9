package io.distillstream.trainer.steering;

import io.distillstream.trainer.schedule.StepSettings;

/**
 * A lower learning rate for a while after a divergence. It is part of the training state: without
 * it a restarted trainer would step differently from one that ran on.
 *
 * @param factor on the learning rate, above 0 and at most 1
 * @param untilRecords position at which it ends (exclusive)
 */
public record LearningRateReduction(double factor, long untilRecords) {

  /** No reduction. */
  public static final LearningRateReduction NONE = new LearningRateReduction(1, 0);

  public LearningRateReduction {
    if (!(factor > 0 && factor <= 1) || untilRecords < 0) {
      throw new IllegalArgumentException(
          "impossible reduction: factor %s until %d".formatted(factor, untilRecords));
    }
  }

  /**
   * The settings of the next step under this reduction.
   *
   * @param records learned so far
   */
  StepSettings apply(StepSettings settings, long records) {
    return records >= untilRecords ? settings : settings.slowedBy(factor);
  }
}
