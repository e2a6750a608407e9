package io.distillstream.tuf.refusal;

/** Metadata that too few of its role's keys have signed. */
public final class SignatureThresholdException extends TufException {

  private static final long serialVersionUID = 1L;

  public SignatureThresholdException(String role, int valid, int threshold) {
    super(
        role,
        String.format("%d valid signatures by keys of the role, it takes %d", valid, threshold));
  }
}
