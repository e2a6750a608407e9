package io.distillstream.trainer.checkpoint;

import io.distillstream.trainer.batch.StratifiedScore;

/**
 * What was found out about a student while it was exported.
 *
 * @param maxDifference largest difference between the model's logits and the training engine's
 * @param heldOut how the student that devices get answers what is held out; {@link
 *     StratifiedScore#NONE} without any
 * @param heldOutNewest the same of the newest weights, where devices get an average of weights
 */
public record ExportedModel(
    double maxDifference, StratifiedScore heldOut, StratifiedScore heldOutNewest) {}
