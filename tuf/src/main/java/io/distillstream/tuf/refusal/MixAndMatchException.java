package io.distillstream.tuf.refusal;

/** Metadata other than the one that the snapshot or the timestamp names. */
public final class MixAndMatchException extends TufException {

  private static final long serialVersionUID = 1L;

  public MixAndMatchException(String role, String reason) {
    super(role, reason);
  }
}
