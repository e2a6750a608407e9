package io.distillstream.tuf.metadata;

import java.time.Instant;

/**
 * Says which snapshot is current.
 *
 * @param snapshot the current one
 */
public record Timestamp(long version, Instant expires, MetaFile snapshot) implements RoleMetadata {}
