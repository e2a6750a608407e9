package io.distillstream.tuf.metadata;

import java.time.Instant;

/** What the metadata of every role says. */
public sealed interface RoleMetadata permits Root, Timestamp, Snapshot, Targets {

  /** Rises with every new metadata of the role; at least 1. */
  long version();

  /** When it stops being valid. */
  Instant expires();

  /** Whether it is not valid any more at a time; it is up to its expiry, and not at it. */
  default boolean expired(Instant at) {
    return !at.isBefore(expires());
  }
}
