package io.distillstream.trainer.loss;

/**
 * What training minimizes, as far as it stays the same from step to step.
 *
 * @param divergence between teacher and student
 */
public record Objective(Divergence divergence) {

  /** The forward KL of Hinton et al. (2015). */
  public static final Objective STANDARD = new Objective(Divergence.FORWARD_KL);
}
