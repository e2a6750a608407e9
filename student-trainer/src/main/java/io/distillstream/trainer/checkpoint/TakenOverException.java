package io.distillstream.trainer.checkpoint;

/** Another producer took over this model's transactions; by itself it does not say whose. */
public final class TakenOverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TakenOverException(Throwable cause) {
    super("another trainer of this model has taken over", cause);
  }
}
