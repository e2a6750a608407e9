package io.distillstream.tuf.refusal;

/** A target's bytes that are not those that the metadata vouches for. */
public final class UntrustedTargetException extends TufException {

  private static final long serialVersionUID = 1L;

  public UntrustedTargetException(String role, String reason) {
    super(role, reason);
  }
}
