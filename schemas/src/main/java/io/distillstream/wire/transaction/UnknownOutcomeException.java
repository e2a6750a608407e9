package io.distillstream.wire.transaction;

/**
 * The brokers never confirmed the commit, which may have happened or not. The producer has to be
 * closed; opening another one with its id settles the matter, and the committed offsets then tell.
 */
public final class UnknownOutcomeException extends TransactionException {

  private static final long serialVersionUID = 1;

  UnknownOutcomeException(String message, Throwable cause) {
    super(message, cause);
  }
}
