package io.distillstream.tuf.metadata;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Targets that a role vouches for, and roles that it lets vouch for others.
 *
 * @param targets by path
 * @param delegations in the order of their priority
 */
public record Targets(
    long version, Instant expires, Map<String, TargetFile> targets, List<DelegatedRole> delegations)
    implements RoleMetadata {

  public Targets {
    targets = Collections.unmodifiableMap(new TreeMap<>(targets));
    delegations = List.copyOf(delegations);
  }
}
