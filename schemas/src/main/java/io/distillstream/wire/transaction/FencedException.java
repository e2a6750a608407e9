package io.distillstream.wire.transaction;

/**
 * Another producer with the same transactional id has taken over, or the brokers ended the
 * transaction because it took too long. This producer never writes again. Nothing of the
 * transaction is visible, unless its commit was carried out and the confirmation lost: the
 * committed offsets tell.
 */
public final class FencedException extends TransactionException {

  private static final long serialVersionUID = 1;

  FencedException(Throwable cause) {
    super(
        "another producer with the same transactional id has taken over,"
            + " or the transaction took too long",
        cause);
  }
}
