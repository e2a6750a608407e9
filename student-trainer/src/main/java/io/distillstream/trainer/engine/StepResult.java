package io.distillstream.trainer.engine;

/**
 * What one step measured.
 *
 * @param score of the batch before it was learned
 * @param loss {@code alpha · kl + (1 - alpha) · crossEntropy}, the value that was minimized
 * @param kl {@code τ² · KL(teacher_τ ‖ student_τ)}, mean over the batch, nats
 * @param crossEntropy mean over the batch, nats
 * @param gradientNorm global L2 norm before clipping
 */
public record StepResult(
    BatchScore score, double loss, double kl, double crossEntropy, double gradientNorm) {}
