package io.distillstream.tuf.refusal;

/** A version older than one that this client has trusted before. */
public final class RollbackException extends TufException {

  private static final long serialVersionUID = 1L;

  public RollbackException(String role, String reason) {
    super(role, reason);
  }
}
