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
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.TopLevelRole;
import io.distillstream.tuf.refusal.SignatureThresholdException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The operator's side of a repository: who may sign for what. Every change is a new version of the
 * root or of the top-level targets. A change that is cut short is undone when the folder is opened
 * again, or ended by {@link #renew}; a channel's revocation, by another one.
 */
public final class Authority {

  private final TrustFolder folder;
  private final Expiries expiries;
  private final Clock clock;
  private SignedMetadata<Root> root;
  private SignedMetadata<Targets> targets;

  private Authority(TrustFolder folder, Expiries expiries, Clock clock)
      throws IOException, KeyException {
    this.folder = folder;
    this.expiries = expiries;
    this.clock = clock;
    List<SignedMetadata<Root>> roots = folder.roots();
    this.root = roots.get(roots.size() - 1);
    this.targets = folder.targets();
    folder.settle(named());
  }

  /**
   * Opens a repository.
   *
   * @throws KeyException if there is none, or it is damaged
   */
  public static Authority open(TrustFolder folder, Expiries expiries, Clock clock)
      throws IOException, KeyException {
    return new Authority(folder, expiries, clock);
  }

  public Root root() {
    return root.metadata();
  }

  public Targets targets() {
    return targets.metadata();
  }

  /** Delegates to channels that have no role yet, each with a new key; answers which those were. */
  public List<ChannelTargets> add(Collection<ChannelTargets> channels)
      throws IOException, KeyException {
    List<DelegatedRole> delegations = new ArrayList<>(targets().delegations());
    List<ChannelTargets> added = new ArrayList<>();
    for (ChannelTargets channel : channels) {
      if (delegations.stream().noneMatch(role -> role.paths().contains(channel.pattern()))) {
        delegations.add(
            NewRepository.delegation(
                channel, List.of(NewRepository.create(folder.key(channel.role())).key())));
        added.add(channel);
      }
    }
    NewRepository.requireDistinct(delegations);
    if (!added.isEmpty()) {
      signTargets(delegations, key(TARGETS));
    }
    return added;
  }

  /**
   * A new key in place of one that nobody stole; of a channel, the old one still verifies.
   *
   * @return the roles that have new keys
   */
  public Set<String> rotate(String role) throws IOException, KeyException {
    return replace(role, false);
  }

  /**
   * A new key in place of one that is no longer trusted. Whatever it signed is worth nothing from
   * then on; versions that it may have driven up are forgotten by devices, for which the keys of
   * snapshot and timestamp are replaced as well.
   *
   * @return the roles that have new keys
   */
  public Set<String> revoke(String role) throws IOException, KeyException {
    return replace(role, true);
  }

  /**
   * Signs root and targets anew where less than half of their validity is left, or a key has
   * changed.
   *
   * @return the roles signed
   */
  public List<String> renew() throws IOException, KeyException {
    List<String> renewed = new ArrayList<>();
    if (Expiries.due(root().expires(), expiries.root(), clock.instant())) {
      signRoot(root().roles(), offlineKeys(), List.of());
      renewed.add(ROOT.text());
    }
    if (Expiries.due(targets().expires(), expiries.targets(), clock.instant())
        || !signedByItsKeys()) {
      signTargets(targets().delegations(), key(TARGETS));
      renewed.add(TARGETS.text());
    }
    return renewed;
  }

  private Set<String> replace(String role, boolean stolen) throws IOException, KeyException {
    Set<String> replaced = new LinkedHashSet<>(List.of(role));
    Map<TopLevelRole, RoleKeys> roles = new EnumMap<>(root().roles());
    List<SigningKey> signers = List.of();
    SigningKey targetsKey = null;
    List<DelegatedRole> delegations = targets().delegations();
    if (role.equals(ROOT.text())) {
      signers = prepareOffline();
      roles.put(ROOT, NewRepository.roleKeys(signers, root().keys(ROOT).threshold()));
    } else if (role.equals(TARGETS.text())) {
      targetsKey = prepare(role);
      roles.put(TARGETS, RoleKeys.of(List.of(targetsKey.key()), 1));
    } else if (!role.equals(SNAPSHOT.text()) && !role.equals(TIMESTAMP.text())) {
      targetsKey = key(TARGETS);
      delegations = redelegated(role, stolen);
    }
    for (TopLevelRole online : List.of(SNAPSHOT, TIMESTAMP)) {
      if (role.equals(online.text()) || (stolen && !role.equals(ROOT.text()))) {
        roles.put(online, RoleKeys.of(List.of(prepare(online.text()).key()), 1));
        replaced.add(online.text());
      }
    }
    // Who reads both meanwhile must not find the new root beside a delegation to a revoked key.
    boolean targetsFirst = targetsKey != null && !role.equals(TARGETS.text());
    if (targetsKey != null && targetsFirst) {
      signTargets(delegations, targetsKey);
    }
    if (!roles.equals(root().roles())) {
      signRoot(roles, offlineKeys(), signers);
    }
    if (targetsKey != null && !targetsFirst) {
      signTargets(delegations, targetsKey);
    }
    folder.settle(named());
    return replaced;
  }

  private List<DelegatedRole> redelegated(String role, boolean stolen)
      throws IOException, KeyException {
    List<DelegatedRole> delegations = new ArrayList<>(targets().delegations());
    for (int i = 0; i < delegations.size(); i++) {
      DelegatedRole old = delegations.get(i);
      if (old.name().equals(role)) {
        SigningKey key = SigningKey.generate();
        List<Key> predecessors = stolen ? List.of() : newest(role, old);
        folder.prepare(folder.key(role), key, predecessors);
        List<Key> keys = new ArrayList<>(predecessors);
        keys.add(key.key());
        delegations.set(
            i,
            new DelegatedRole(
                role, RoleKeys.of(keys, 1), old.terminating(), old.paths(), List.of()));
        return delegations;
      }
    }
    throw new KeyException(
        "No role '%s'; there are root, targets, snapshot, timestamp%s"
            .formatted(
                role,
                delegations.stream().map(one -> ", " + one.name()).reduce("", String::concat)),
        null);
  }

  /** Of two keys, one of which is being replaced already, the one in the file. */
  private List<Key> newest(String role, DelegatedRole old) throws IOException, KeyException {
    Path file = folder.key(role);
    return Files.exists(file)
        ? List.of(KeyFile.read(file).signingKey().key())
        : List.copyOf(old.keys().keys().values()).subList(0, 1);
  }

  private void signRoot(
      Map<TopLevelRole, RoleKeys> roles, List<SigningKey> old, List<SigningKey> additional)
      throws IOException, KeyException {
    Root next =
        new Root(
            root().version() + 1, Expiries.from(clock.instant(), expiries.root()), true, roles);
    List<SigningKey> signers = new ArrayList<>(old);
    signers.addAll(additional);
    byte[] file = MetadataWriter.write(next, signers);
    folder.writeRoot(next.version(), file);
    root = folder.roots().get((int) next.version() - 1);
  }

  private void signTargets(List<DelegatedRole> delegations, SigningKey key)
      throws IOException, KeyException {
    Targets next =
        new Targets(
            targets().version() + 1,
            Expiries.from(clock.instant(), expiries.targets()),
            Map.of(),
            delegations);
    folder.writeTargets(MetadataWriter.write(next, List.of(key)));
    targets = folder.targets();
  }

  private boolean signedByItsKeys() {
    try {
      targets.verify(root().keys(TARGETS));
      return true;
    } catch (SignatureThresholdException e) {
      return false;
    }
  }

  /** As many of the offline keys as are here; enough for the threshold. */
  private List<SigningKey> offlineKeys() throws IOException, KeyException {
    RoleKeys keys = root().keys(ROOT);
    List<SigningKey> here = new ArrayList<>();
    for (int i = 1; i <= keys.keys().size(); i++) {
      if (Files.exists(folder.rootKey(i))) {
        SigningKey key = KeyFile.read(folder.rootKey(i)).signingKey();
        if (keys.keys().containsKey(key.key().id())) {
          here.add(key);
        }
      }
    }
    if (here.size() < keys.threshold()) {
      throw new KeyException(
          "A new root takes %d of the root's keys, and there are %d in %s: bring them back for this"
              .formatted(keys.threshold(), here.size(), folder.offlineKeys()),
          null);
    }
    return here;
  }

  private List<SigningKey> prepareOffline() throws IOException, KeyException {
    offlineKeys();
    List<SigningKey> keys = new ArrayList<>();
    for (int i = 1; i <= root().keys(ROOT).keys().size(); i++) {
      SigningKey key = SigningKey.generate();
      folder.prepare(folder.rootKey(i), key, List.of());
      keys.add(key);
    }
    return keys;
  }

  private SigningKey prepare(String role) throws IOException, KeyException {
    offlineKeys();
    SigningKey key = SigningKey.generate();
    folder.prepare(folder.key(role), key, List.of());
    return key;
  }

  private SigningKey key(TopLevelRole role) throws IOException, KeyException {
    SigningKey key = KeyFile.read(folder.key(role.text())).signingKey();
    if (!root().keys(role).keys().containsKey(key.key().id())) {
      throw new KeyException(
          folder.key(role.text()) + " is not the key that the root names for " + role.text(), null);
    }
    return key;
  }

  private Set<String> named() {
    Set<String> ids = new HashSet<>();
    root().roles().values().forEach(keys -> ids.addAll(keys.keys().keySet()));
    targets().delegations().forEach(role -> ids.addAll(role.keys().keys().keySet()));
    return ids;
  }
}
