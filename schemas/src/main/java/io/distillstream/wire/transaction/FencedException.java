package io.distillstream.wire.transaction;

/**
 * Another process has taken over the transactional id, or the place of the consumer in its group;
 * or the brokers ended the transaction because it took too long. This producer never writes again.
 * Nothing of the transaction is visible, unless its commit was carried out and the confirmation
 * lost: the committed offsets tell.
 */
public final class FencedException extends TransactionException {

  private static final long serialVersionUID = 1;

  FencedException(Throwable cause) {
    super(
        "another process has taken over the transactional id or the place in the consumer group,"
            + " or the transaction took too long",
        cause);
  }
}
