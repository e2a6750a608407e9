package io.distillstream.trainer.checkpoint;

/** A student that was handed over does not answer with numbers; it was not published. */
public final class UnsoundStudentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnsoundStudentException(String message) {
    super(message);
  }
}
