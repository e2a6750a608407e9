package io.distillstream.tuf.repository;

import static io.distillstream.tuf.metadata.TopLevelRole.ROOT;
import static io.distillstream.tuf.metadata.TopLevelRole.SNAPSHOT;
import static io.distillstream.tuf.metadata.TopLevelRole.TARGETS;
import static io.distillstream.tuf.metadata.TopLevelRole.TIMESTAMP;

import io.distillstream.tuf.metadata.DelegatedRole;
import io.distillstream.tuf.metadata.MetaFile;
import io.distillstream.tuf.metadata.RoleMetadata;
import io.distillstream.tuf.metadata.Root;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.Snapshot;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.Timestamp;
import io.distillstream.tuf.metadata.TopLevelRole;
import io.distillstream.tuf.refusal.RollbackException;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which of all metadata is current: takes what channels signed, refuses what their delegation
 * does not cover, and signs snapshot and timestamp. It can hold devices up; it cannot make one run
 * a model, since it has no key of a channel. One at a time signs a repository. Not thread-safe.
 */
public final class RepositorySigner {

  private static final Logger log = LoggerFactory.getLogger(RepositorySigner.class);

  private static final Duration NOTICE = Duration.ofDays(14);

  private final TrustFolder folder;
  private final Expiries expiries;
  private final Clock clock;
  private final Map<String, SignedMetadata<Targets>> channels = new TreeMap<>();
  private OperatorMetadata operator;
  private @Nullable Snapshot snapshot;
  private @Nullable Timestamp timestamp;

  /** Roles that a snapshot by the root's present keys names: devices refuse one without them. */
  private Set<String> named;

  private boolean changed;

  /**
   * Opens the operator's folder and goes on from what was published before.
   *
   * @param published the files published last; what the root's keys did not sign is left out
   * @throws KeyException if the folder holds no repository, or one that contradicts itself
   */
  public RepositorySigner(
      TrustFolder folder, Expiries expiries, Clock clock, RepositoryFiles published)
      throws IOException, KeyException {
    this.folder = folder;
    this.expiries = expiries;
    this.clock = clock;
    this.operator = OperatorMetadata.read(folder);
    resume(published);
    this.named = snapshot == null ? Set.of() : Set.copyOf(snapshot.meta().keySet());
    // Whatever the folder has that was not published yet.
    this.changed = true;
  }

  /**
   * Takes over a root or targets that the operator has signed since.
   *
   * @return whether there were any
   * @throws KeyException if they contradict each other, as in the middle of a change: what was
   *     taken over before stays in force
   */
  public boolean reload() throws IOException, KeyException {
    OperatorMetadata before = operator;
    OperatorMetadata now = OperatorMetadata.read(folder);
    if (now.hasVersionsOf(before)) {
      return false;
    }
    operator = now;
    changed = true;
    if (!now.root().keys(SNAPSHOT).equals(before.root().keys(SNAPSHOT))) {
      // Devices forget the snapshot as well, so that a channel may be missing from the next one.
      named = Set.of();
    }
    // Also with the targets that follow a new root: both may come one after the other.
    channels.keySet().removeIf(role -> !named.contains(role) && !isTrusted(role));
    return true;
  }

  /**
   * Takes a channel's metadata; the same once more does nothing.
   *
   * @throws TufException if the delegation does not cover it, or it is older than what is current
   */
  public void offer(String role, byte[] file) throws TufException {
    SignedMetadata<Targets> offered = operator.verified(role, file);
    SignedMetadata<Targets> current = channels.get(role);
    long version = offered.metadata().version();
    if (current != null && version < current.metadata().version()) {
      throw new RollbackException(
          role,
          "its version is "
              + version
              + ", version "
              + current.metadata().version()
              + " was published before");
    }
    if (current == null || version > current.metadata().version()) {
      channels.put(role, offered);
      changed = true;
    }
  }

  /**
   * Whether the delegation covers what is current of a role. It does not after its key was revoked
   * where devices still hold the snapshot to naming it.
   */
  public boolean isTrusted(String role) {
    SignedMetadata<Targets> current = channels.get(role);
    try {
      return current != null && operator.verified(role, current.file()) != null;
    } catch (TufException e) {
      return false;
    }
  }

  /**
   * The repository's files, signed anew where anything changed or less than half of the validity is
   * left; empty where neither is so, and where {@link #reload} has something to take over first.
   *
   * @throws KeyException if a key is not here, or is not the one that the root names
   */
  public Optional<RepositoryFiles> sign() throws IOException, KeyException {
    if (!changed && !due(snapshot, expiries.snapshot()) && !due(timestamp, expiries.timestamp())) {
      return Optional.empty();
    }
    SigningKey snapshotKey = key(SNAPSHOT);
    SigningKey timestampKey = key(TIMESTAMP);
    if (isOutdated()) {
      return Optional.empty();
    }
    SignedMetadata<Targets> targets = operator.targets();
    Map<String, MetaFile> meta = new TreeMap<>();
    meta.put(TARGETS.text(), MetaFile.of(targets.metadata().version(), targets.file()));
    channels.forEach(
        (role, signed) -> meta.put(role, MetaFile.of(signed.metadata().version(), signed.file())));
    Snapshot nextSnapshot =
        new Snapshot(
            nextSnapshotVersion(), Expiries.from(clock.instant(), expiries.snapshot()), meta);
    byte[] snapshotFile = MetadataWriter.write(nextSnapshot, List.of(snapshotKey));
    Timestamp nextTimestamp =
        new Timestamp(
            next(timestamp),
            Expiries.from(clock.instant(), expiries.timestamp()),
            MetaFile.of(nextSnapshot.version(), snapshotFile));
    byte[] timestampFile = MetadataWriter.write(nextTimestamp, List.of(timestampKey));
    snapshot = nextSnapshot;
    timestamp = nextTimestamp;
    named = Set.copyOf(meta.keySet());
    changed = false;
    return Optional.of(files(snapshotFile, timestampFile));
  }

  /** What the operator has to sign anew within two weeks, and how; empty where there is nothing. */
  public Optional<String> warning() {
    Map<String, RoleMetadata> byHand = new TreeMap<>();
    byHand.put(ROOT.text(), root());
    byHand.put(TARGETS.text(), operator.targets().metadata());
    return byHand.entrySet().stream()
        .filter(role -> role.getValue().expired(clock.instant().plus(NOTICE)))
        .map(
            role ->
                ("The metadata of role %s expires at %s, and every device refuses updates then: run"
                        + " keys renew")
                    .formatted(role.getKey(), role.getValue().expires()))
        .findFirst();
  }

  private RepositoryFiles files(byte[] snapshotFile, byte[] timestampFile) {
    RepositoryFiles.Builder files = new RepositoryFiles.Builder();
    SignedMetadata<Targets> targets = operator.targets();
    operator
        .roots()
        .forEach(root -> files.add(ROOT.text(), root.metadata().version(), root.file()));
    files.add(TARGETS.text(), targets.metadata().version(), targets.file());
    channels.forEach((role, signed) -> files.add(role, signed.metadata().version(), signed.file()));
    if (snapshot != null) {
      files.add(SNAPSHOT.text(), snapshot.version(), snapshotFile);
    }
    return files.timestamp(timestampFile).build();
  }

  private void resume(RepositoryFiles published) {
    snapshot = resumed(published, SNAPSHOT, SignedMetadata::snapshot);
    timestamp = resumed(published, TIMESTAMP, SignedMetadata::timestamp);
    for (DelegatedRole role : operator.targets().metadata().delegations()) {
      published.newest(role.name()).ifPresent(file -> resume(role.name(), file));
    }
  }

  private interface Reading<T extends RoleMetadata> {
    SignedMetadata<T> read(byte[] file) throws TufException;
  }

  /** Null also for what keys signed that are no longer the role's: devices forget it, too. */
  private <T extends RoleMetadata> @Nullable T resumed(
      RepositoryFiles published, TopLevelRole role, Reading<T> reading) {
    Optional<byte[]> file = published.newest(role.text());
    if (file.isEmpty()) {
      return null;
    }
    try {
      return reading.read(file.get()).verify(root().keys(role)).metadata();
    } catch (TufException e) {
      log.info("What was published as {} is left out: {}", role.text(), e.getMessage());
      return null;
    }
  }

  private void resume(String role, byte[] file) {
    try {
      MetaFile named = snapshot == null ? null : snapshot.meta().get(role);
      // A name that is in the snapshot has to stay there, even where its key has been replaced.
      channels.put(
          role,
          named != null && named.names(file)
              ? SignedMetadata.targets(role, file)
              : operator.verified(role, file));
    } catch (TufException e) {
      log.warn("What was published of role {} is left out: {}", role, e.getMessage());
    }
  }

  /**
   * New keys take their place once root and targets are written, so that what is read after them is
   * the whole change. What was taken over may be half of it, and a snapshot by the new keys that
   * names what the other half revokes would bind devices to that.
   */
  private boolean isOutdated() throws IOException {
    try {
      return !OperatorMetadata.read(folder).hasVersionsOf(operator);
    } catch (KeyException e) {
      return false;
    }
  }

  private SigningKey key(TopLevelRole role) throws IOException, KeyException {
    SigningKey key = KeyFile.read(folder.key(role.text())).signingKey();
    if (!root().keys(role).keys().containsKey(key.key().id())) {
      throw new KeyException(
          folder.key(role.text()) + " is not the key that the root names for " + role.text(), null);
    }
    return key;
  }

  private Root root() {
    return operator.root();
  }

  private boolean due(@Nullable RoleMetadata metadata, Duration validity) {
    return metadata == null || Expiries.due(metadata.expires(), validity, clock.instant());
  }

  /** Devices that keep a timestamp hold snapshots to it, also to those of new keys. */
  private long nextSnapshotVersion() {
    long least = timestamp == null ? 1 : timestamp.snapshot().version() + 1;
    return Math.max(least, next(snapshot));
  }

  private static long next(@Nullable RoleMetadata metadata) {
    return metadata == null ? 1 : metadata.version() + 1;
  }
}
