package io.distillstream.trainer.engine;

/** A step whose loss or gradient cannot be trusted; it was not applied. */
public final class DivergedStepException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why the step was refused. */
  public enum Cause {
    NOT_FINITE,
    SPIKE
  }

  private final Cause reason;
  private final long step;
  private final double loss;
  private final double gradientNorm;

  /**
   * @param step number of steps applied so far
   * @param gradientNorm NaN where the loss alone told
   */
  public DivergedStepException(Cause reason, long step, double loss, double gradientNorm) {
    super(
        "step %d diverged (%s): loss %s, gradient norm %s"
            .formatted(step, reason, loss, gradientNorm));
    this.reason = reason;
    this.step = step;
    this.loss = loss;
    this.gradientNorm = gradientNorm;
  }

  public Cause reason() {
    return reason;
  }

  public long step() {
    return step;
  }

  public double loss() {
    return loss;
  }

  public double gradientNorm() {
    return gradientNorm;
  }
}
