package io.distillstream.device;

/** A model file that must not be used; the message says why, in words fit for a report. */
public final class UnusableModelException extends Exception {

  private static final long serialVersionUID = 1L;

  UnusableModelException(String message) {
    super(message);
  }

  UnusableModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
