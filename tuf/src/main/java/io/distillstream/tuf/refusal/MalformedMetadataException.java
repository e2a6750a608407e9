package io.distillstream.tuf.refusal;

/** Metadata that is not what the specification says its role's metadata is. */
public final class MalformedMetadataException extends TufException {

  private static final long serialVersionUID = 1L;

  public MalformedMetadataException(String role, String reason) {
    super(role, reason);
  }
}
