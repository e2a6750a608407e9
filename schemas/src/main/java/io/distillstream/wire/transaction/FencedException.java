package io.distillstream.wire.transaction;

import java.time.Duration;

/**
 * Another producer with the same transactional id has taken over, or the brokers ended the
 * transaction because it took too long. This producer never writes again. Nothing of the
 * transaction is visible, unless its commit was carried out and the confirmation lost: the
 * committed offsets tell.
 */
public final class FencedException extends TransactionException {

  private static final long serialVersionUID = 1;

  private final Duration open;

  FencedException(Throwable cause, Duration open) {
    super(
        "another producer with the same transactional id has taken over,"
            + " or the transaction took too long",
        cause);
    this.open = open;
  }

  /** How long the transaction was open: shorter than its time-out, and another has taken over. */
  public Duration open() {
    return open;
  }
}
