package io.distillstream.tuf.refusal;

/** Metadata longer than its role's may be; it was not read to its end. */
public final class OversizedMetadataException extends TufException {

  private static final long serialVersionUID = 1L;

  public OversizedMetadataException(String role, long limit) {
    super(role, "longer than the " + limit + " bytes allowed");
  }
}
