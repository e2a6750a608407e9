package io.distillstream.trainer.settings;

import io.distillstream.trainer.memory.HeldOutPlan;
import io.distillstream.trainer.memory.ReplayPlan;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.steering.DriftPlan;
import java.time.Duration;

/**
 * How the loop trains, and when it publishes.
 *
 * @param batchSize records per step
 * @param maxBatchWait a smaller batch is trained when its first record has waited this long, so
 *     that a quiet stream's records are not kept from the student
 * @param checkpointRecords a checkpoint is due after this many trained records
 * @param checkpointInterval or after this long, if anything was trained
 * @param schedule of temperature and learning rate
 * @param maxRollbacks divergences in a row, without a checkpoint beyond the first of them, after
 *     which training stops
 * @param rateCutFactor learning rate after a divergence, per divergence in a row
 * @param rateCutRecords for how long
 * @param drift when the stream counts as changed, and what is done then
 * @param pruning of the student while it trains
 * @param averageScoredEvery of so many batches one is scored with the average too; 0 for none
 * @param replay what steps are mixed with
 * @param heldOut what is never learned
 */
public record TrainingPlan(
    int batchSize,
    Duration maxBatchWait,
    int checkpointRecords,
    Duration checkpointInterval,
    TrainingSchedule schedule,
    int maxRollbacks,
    double rateCutFactor,
    long rateCutRecords,
    DriftPlan drift,
    PruningPlan pruning,
    int averageScoredEvery,
    ReplayPlan replay,
    HeldOutPlan heldOut) {

  public TrainingPlan {
    if (batchSize < 1 || checkpointRecords < 1 || maxRollbacks < 0 || averageScoredEvery < 0) {
      throw new IllegalArgumentException(
          "impossible plan: batch size %d, checkpoint every %d records, %d rollbacks, average scored every %d batches"
              .formatted(batchSize, checkpointRecords, maxRollbacks, averageScoredEvery));
    }
  }
}
