package io.distillstream.tuf.refusal;

import java.time.Instant;

/** Metadata past its expiry: nobody vouches for it any more. */
public final class ExpiredMetadataException extends TufException {

  private static final long serialVersionUID = 1L;

  public ExpiredMetadataException(String role, long version, Instant expires, Instant now) {
    super(role, String.format("version %d expired at %s, it is %s", version, expires, now));
  }
}
