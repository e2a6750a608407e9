package io.distillstream.tuf;

import io.distillstream.tuf.metadata.DelegatedRole;
import io.distillstream.tuf.metadata.RoleKeys;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.TopLevelRole;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for a target over delegations, in the order of their priority and into the depth first
 * (specification, 5.6.7).
 */
final class DelegationWalk {

  private final TargetsReader reader;
  private final DelegatedRole top;
  private final int mostRoles;

  DelegationWalk(TargetsReader reader, RoleKeys topKeys, int mostRoles) {
    this.reader = reader;
    this.top = new DelegatedRole(TopLevelRole.TARGETS.text(), topKeys, false, List.of(), List.of());
    this.mostRoles = mostRoles;
  }

  Optional<TrustedTarget> find(String path) throws IOException, TufException {
    Deque<DelegatedRole> ahead = new ArrayDeque<>();
    Set<String> visited = new HashSet<>();
    ahead.push(top);
    while (!ahead.isEmpty() && visited.size() < mostRoles) {
      DelegatedRole role = ahead.pop();
      if (!visited.add(role.name())) {
        continue;
      }
      Targets targets = reader.read(role.name(), role.keys());
      TargetFile target = targets.targets().get(path);
      if (target != null) {
        return Optional.of(new TrustedTarget(path, target.length(), target.sha256()));
      }
      List<DelegatedRole> next = new ArrayList<>();
      for (DelegatedRole delegated : targets.delegations()) {
        if (delegated.covers(path)) {
          next.add(0, delegated);
          if (delegated.terminating()) {
            ahead.clear();
            break;
          }
        }
      }
      next.forEach(ahead::push);
    }
    return Optional.empty();
  }
}
