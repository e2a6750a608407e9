package io.distillstream.wire.transaction;

/** Nothing of the transaction is visible to readers of committed records, now or later. */
public final class AbortedException extends TransactionException {

  private static final long serialVersionUID = 1;

  private final boolean producerUsable;

  AbortedException(String message, Throwable cause, boolean producerUsable) {
    super(message, cause);
    this.producerUsable = producerUsable;
  }

  /**
   * Whether the same producer may try again. Otherwise it has to be closed; until another one with
   * its id is opened, or the broker's time-out passes, readers of committed records wait behind
   * what it wrote.
   */
  public boolean producerUsable() {
    return producerUsable;
  }
}
