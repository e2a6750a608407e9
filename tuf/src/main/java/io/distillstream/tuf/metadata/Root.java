package io.distillstream.tuf.metadata;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Who may sign for the top-level roles.
 *
 * @param consistentSnapshot whether files' names begin with their version, or their digest
 * @param roles the keys of all four
 */
public record Root(
    long version, Instant expires, boolean consistentSnapshot, Map<TopLevelRole, RoleKeys> roles)
    implements RoleMetadata {

  public Root {
    roles = Collections.unmodifiableMap(new EnumMap<>(roles));
    if (roles.size() != TopLevelRole.values().length) {
      throw new IllegalArgumentException("Expected all four roles, got " + roles.keySet());
    }
  }

  /** The keys of one role. */
  public RoleKeys keys(TopLevelRole role) {
    RoleKeys keys = roles.get(role);
    if (keys == null) {
      throw new IllegalStateException("A root has all roles, this one has no " + role);
    }
    return keys;
  }
}
