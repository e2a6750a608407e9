package io.distillstream.local.terminal;

/** A command that cannot go on; the message says why and what to do. */
public final class CommandFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public CommandFailedException(String message) {
    super(message);
  }

  public CommandFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
