package io.distillstream.device.inference;

/** A model file that must not be used; the message says why, in words fit for a report. */
public final class UnusableModelException extends Exception {

  private static final long serialVersionUID = 1L;

  public UnusableModelException(String message) {
    super(message);
  }

  public UnusableModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
