package io.distillstream.tuf.refusal;

/** Metadata that other metadata names, or that every repository has, and that is not there. */
public final class MissingMetadataException extends TufException {

  private static final long serialVersionUID = 1L;

  public MissingMetadataException(String role, String file) {
    super(role, "the repository has no " + file);
  }
}
