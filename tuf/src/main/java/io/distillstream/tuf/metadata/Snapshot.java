package io.distillstream.tuf.metadata;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says which versions of all targets' metadata belong together.
 *
 * @param meta by role, {@code targets} and every delegated one
 */
public record Snapshot(long version, Instant expires, Map<String, MetaFile> meta)
    implements RoleMetadata {

  public Snapshot {
    meta = Collections.unmodifiableMap(new TreeMap<>(meta));
  }
}
