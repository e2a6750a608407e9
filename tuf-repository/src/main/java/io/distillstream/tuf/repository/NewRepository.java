package io.distillstream.tuf.repository;

import static io.distillstream.tuf.metadata.TopLevelRole.ROOT;
import static io.distillstream.tuf.metadata.TopLevelRole.SNAPSHOT;
import static io.distillstream.tuf.metadata.TopLevelRole.TARGETS;
import static io.distillstream.tuf.metadata.TopLevelRole.TIMESTAMP;

import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.DelegatedRole;
import io.distillstream.tuf.metadata.Key;
import io.distillstream.tuf.metadata.RoleKeys;
import io.distillstream.tuf.metadata.Root;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.TopLevelRole;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The first version of everything. */
public final class NewRepository {

  private NewRepository() {}

  /**
   * Begins a repository: new keys for every role, the first root and the first targets.
   *
   * @param rootKeys how many offline keys
   * @param rootThreshold how many of them must sign a root
   * @throws KeyException if there is one already
   */
  public static void create(
      TrustFolder folder,
      List<ChannelTargets> channels,
      int rootKeys,
      int rootThreshold,
      Expiries expiries,
      Clock clock)
      throws IOException, KeyException {
    if (folder.hasRepository()) {
      throw new KeyException("There is a repository already; keys rotate makes new keys", null);
    }
    if (rootKeys < 1 || rootKeys > TrustFolder.MOST_ROOT_KEYS) {
      throw new KeyException(
          "A root has 1 to %d keys, not %d".formatted(TrustFolder.MOST_ROOT_KEYS, rootKeys), null);
    }
    if (rootThreshold < 1 || rootThreshold > rootKeys) {
      throw new KeyException(
          "The threshold must be 1 to the number of root keys, %d; is %d"
              .formatted(rootKeys, rootThreshold),
          null);
    }
    List<SigningKey> offline = new ArrayList<>();
    for (int i = 1; i <= rootKeys; i++) {
      offline.add(create(folder.rootKey(i)));
    }
    Map<TopLevelRole, RoleKeys> roles = new EnumMap<>(TopLevelRole.class);
    roles.put(ROOT, roleKeys(offline, rootThreshold));
    SigningKey targetsKey = create(folder.key(TARGETS.text()));
    roles.put(TARGETS, roleKeys(List.of(targetsKey), 1));
    for (TopLevelRole online : List.of(SNAPSHOT, TIMESTAMP)) {
      roles.put(online, roleKeys(List.of(create(folder.key(online.text()))), 1));
    }
    List<DelegatedRole> delegations = new ArrayList<>();
    for (ChannelTargets channel : channels) {
      delegations.add(delegation(channel, List.of(create(folder.key(channel.role())).key())));
    }
    requireDistinct(delegations);
    Targets targets =
        new Targets(1, Expiries.from(clock.instant(), expiries.targets()), Map.of(), delegations);
    folder.writeTargets(MetadataWriter.write(targets, List.of(targetsKey)));
    Root root = new Root(1, Expiries.from(clock.instant(), expiries.root()), true, roles);
    folder.writeRoot(1, MetadataWriter.write(root, offline));
  }

  static SigningKey create(Path file) throws IOException, KeyException {
    SigningKey key = SigningKey.generate();
    KeyFile.create(file, key, List.of());
    return key;
  }

  static DelegatedRole delegation(ChannelTargets channel, List<Key> keys) {
    return new DelegatedRole(
        channel.role(), RoleKeys.of(keys, 1), true, List.of(channel.pattern()), List.of());
  }

  /** Model {@code a-b} on {@code c} and model {@code a} on {@code b-c} would share a role. */
  static void requireDistinct(List<DelegatedRole> delegations) throws KeyException {
    Set<String> names = new HashSet<>();
    for (DelegatedRole role : delegations) {
      if (!names.add(role.name())) {
        throw new KeyException("Two channels would have the role " + role.name(), null);
      }
    }
  }

  static RoleKeys roleKeys(List<SigningKey> keys, int threshold) {
    return RoleKeys.of(keys.stream().map(SigningKey::key).toList(), threshold);
  }
}
