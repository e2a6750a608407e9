package io.distillstream.teacher;

/** A teacher cannot be loaded or run. The message says which file or call, and what was wrong. */
public final class TeacherException extends RuntimeException {
  public TeacherException(String message) {
    super(message);
  }

  public TeacherException(String message, Throwable cause) {
    super(message, cause);
  }
}
