package io.distillstream.wire.transaction;

import org.jspecify.annotations.Nullable;

/** A transaction was not committed, or is not known to be; each subtype is one outcome. */
public abstract sealed class TransactionException extends Exception
    permits FencedException, AbortedException, UnknownOutcomeException {

  private static final long serialVersionUID = 1;

  TransactionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
