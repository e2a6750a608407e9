package io.distillstream.trainer;

/** A student that was handed over does not answer with numbers; it was not published. */
final class UnsoundStudentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsoundStudentException(String message) {
    super(message);
  }
}
