package io.distillstream.delta;

import java.io.IOException;

/** A delta that is damaged, of an unknown kind, or made for another file. */
public final class InvalidDeltaException extends IOException {

  private static final long serialVersionUID = 1L;

  InvalidDeltaException(String message) {
    super(message);
  }

  InvalidDeltaException(String message, Throwable cause) {
    super(message, cause);
  }
}
