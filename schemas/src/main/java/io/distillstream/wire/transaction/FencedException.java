package io.distillstream.wire.transaction;

/**
 * Another producer with the same transactional id has taken over. Nothing of this transaction is
 * visible, and this producer never writes again.
 */
public final class FencedException extends TransactionException {

  private static final long serialVersionUID = 1;

  FencedException(Throwable cause) {
    super("another producer with the same transactional id has taken over", cause);
  }
}
