package io.distillstream.tuf.repository;

import org.jspecify.annotations.Nullable;

/** A key or a file of the trust folder that is missing, or must not be used; says which and why. */
public final class KeyException extends Exception {

  private static final long serialVersionUID = 1L;

  KeyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
