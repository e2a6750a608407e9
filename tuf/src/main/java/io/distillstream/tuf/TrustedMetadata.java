package io.distillstream.tuf;

import static io.distillstream.tuf.metadata.TopLevelRole.ROOT;
import static io.distillstream.tuf.metadata.TopLevelRole.SNAPSHOT;
import static io.distillstream.tuf.metadata.TopLevelRole.TARGETS;
import static io.distillstream.tuf.metadata.TopLevelRole.TIMESTAMP;

import io.distillstream.tuf.metadata.MetaFile;
import io.distillstream.tuf.metadata.RoleKeys;
import io.distillstream.tuf.metadata.RoleMetadata;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.Snapshot;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.Timestamp;
import io.distillstream.tuf.refusal.ExpiredMetadataException;
import io.distillstream.tuf.refusal.MissingMetadataException;
import io.distillstream.tuf.refusal.RollbackException;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client trusts: the workflow of the specification's section 5, of a repository with
 * consistent snapshots. {@link #refresh} takes it to the repository's present state, {@link #find}
 * tells what that state vouches for. Not thread-safe.
 */
public final class TrustedMetadata {

  private final TrustedStore store;
  private final MetadataLimits limits;
  private final UpdateClock clock;
  private final Retrieval repository;
  private final RootChain roots;
  private @Nullable Timestamp timestamp;
  private @Nullable DelegationWalk current;

  private TrustedMetadata(
      RootChain roots,
      TrustedStore store,
      MetadataSource source,
      UpdateClock clock,
      MetadataLimits limits) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
    this.repository = new Retrieval(source);
    this.roots = roots;
  }

  /**
   * Opens what was trusted before; asks the repository for nothing yet.
   *
   * @param root the root metadata that the device was given by a way that is trusted
   * @param store what it trusted before
   * @param source where the repository's files come from; borrowed
   * @param clock of the device; null where it has none: see {@link #passed}
   * @throws TufException if the root is not one that its own keys signed
   */
  public static TrustedMetadata open(
      byte[] root, TrustedStore store, MetadataSource source, @Nullable Clock clock)
      throws IOException, TufException {
    MetadataLimits limits = MetadataLimits.DEFAULTS;
    return new TrustedMetadata(
        new RootChain(root, store, limits), store, source, new UpdateClock(clock, store), limits);
  }

  /**
   * Takes over the repository's present state. The time against which expiries are held is that of
   * the call, however long it takes.
   *
   * @throws IOException if the repository cannot be reached at the moment
   * @throws TufException if it must not be trusted: {@link #find} has no answer then
   */
  public void refresh() throws IOException, TufException {
    current = null;
    Instant start = clock.now();
    roots.update(repository);
    requireCurrent(ROOT.text(), roots.newest(), start);
    Timestamp newest = timestamp(start);
    Snapshot snapshot = snapshot(newest.snapshot(), start);
    TargetsReader reader = (role, keys) -> targets(role, keys, snapshot.meta().get(role), start);
    reader.read(TARGETS.text(), roots.newest().keys(TARGETS));
    timestamp = newest;
    current = new DelegationWalk(reader, roots.newest().keys(TARGETS), limits.delegations());
  }

  /**
   * The target of this path, as the state of the last {@link #refresh} has it. Metadata of
   * delegated roles is asked for as needed.
   *
   * @return empty if nobody who may vouches for it
   * @throws IllegalStateException if there was no refresh, or the last one failed
   */
  public Optional<TrustedTarget> find(String path) throws IOException, TufException {
    DelegationWalk walk = current;
    if (walk == null) {
      throw new IllegalStateException("Refresh first: there is no state to find " + path + " in");
    }
    return walk.find(path);
  }

  /**
   * Takes note of a time that has certainly passed, such as one in the content of a target that was
   * found and checked. It outlasts restarts, and from then on no metadata that had expired by then
   * is valid: the clock of a device that has none. No time beyond the expiry of the present
   * timestamp counts, so that whoever makes a target cannot make all metadata look expired.
   */
  public void passed(Instant time) throws IOException {
    Timestamp newest = timestamp;
    if (newest != null) {
      clock.passed(time.isBefore(newest.expires()) ? time : newest.expires());
    }
  }

  private Timestamp timestamp(Instant start) throws IOException, TufException {
    String role = TIMESTAMP.text();
    RoleKeys keys = roots.newest().keys(TIMESTAMP);
    Optional<Timestamp> kept =
        kept(role, file -> SignedMetadata.timestamp(file).verify(keys))
            .map(SignedMetadata::metadata);
    Optional<byte[]> file = repository.file(role, file(role), limits.timestampBytes());
    if (!file.isPresent() && kept.isPresent()) {
      // Whoever holds it back must not freeze a device unnoticed for longer than with an old one.
      requireCurrent(role, kept.get(), start);
    }
    byte[] bytes = file.orElseThrow(() -> new MissingMetadataException(role, file(role)));
    Timestamp found = SignedMetadata.timestamp(bytes).verify(keys).metadata();
    boolean same = kept.isPresent() && kept.get().version() == found.version();
    Timestamp newest = same ? kept.get() : found;
    if (kept.isPresent()) {
      requireNotOlder(role, found.version(), kept.get().version());
      requireNotOlder(
          SNAPSHOT.text(), newest.snapshot().version(), kept.get().snapshot().version());
    }
    requireCurrent(role, newest, start);
    if (!same) {
      store.write(file(role), bytes);
    }
    return newest;
  }

  private Snapshot snapshot(MetaFile named, Instant start) throws IOException, TufException {
    String role = SNAPSHOT.text();
    RoleKeys keys = roots.newest().keys(SNAPSHOT);
    Optional<SignedMetadata<Snapshot>> kept =
        kept(role, file -> SignedMetadata.snapshot(file).verify(keys));
    boolean same =
        kept.isPresent()
            && kept.get().metadata().version() == named.version()
            && named.names(kept.get().file());
    SignedMetadata<Snapshot> newest =
        same ? kept.get() : SignedMetadata.snapshot(versioned(role, named, limits.snapshotBytes()));
    Snapshot snapshot = newest.verify(keys).metadata();
    named.check(role, snapshot);
    if (kept.isPresent()) {
      requireNoneOlder(snapshot, kept.get().metadata());
    }
    requireCurrent(role, snapshot, start);
    if (!same) {
      store.write(file(role), newest.file());
    }
    return snapshot;
  }

  private Targets targets(String role, RoleKeys keys, @Nullable MetaFile named, Instant start)
      throws IOException, TufException {
    if (named == null) {
      throw new MissingMetadataException(SNAPSHOT.text(), "entry for " + role);
    }
    // Apart from the names of the other roles' files, whatever a delegated role is called.
    String keptName = "role-" + file(role);
    Optional<byte[]> kept = store.read(keptName);
    if (kept.isPresent()) {
      try {
        return checked(role, kept.get(), keys, named, start);
      } catch (TufException e) {
        // Of an earlier state; the repository has the one of this.
        store.delete(keptName);
      }
    }
    byte[] bytes = versioned(role, named, limits.targetsBytes());
    Targets found = checked(role, bytes, keys, named, start);
    store.write(keptName, bytes);
    return found;
  }

  private static Targets checked(
      String role, byte[] file, RoleKeys keys, MetaFile named, Instant start) throws TufException {
    named.check(role, file);
    Targets targets = SignedMetadata.targets(role, file).verify(keys).metadata();
    named.check(role, targets);
    requireCurrent(role, targets, start);
    return targets;
  }

  /** The file of a named version, held to length and digest. */
  private byte[] versioned(String role, MetaFile named, int limit)
      throws IOException, TufException {
    String name = named.version() + "." + file(role);
    int maxBytes = (int) Math.min(limit, named.length().orElse(limit));
    byte[] bytes =
        repository
            .file(role, name, maxBytes)
            .orElseThrow(() -> new MissingMetadataException(role, name));
    named.check(role, bytes);
    return bytes;
  }

  private interface Reading<T extends RoleMetadata> {
    SignedMetadata<T> read(byte[] file) throws TufException;
  }

  /** What was trusted before, unless its keys are no longer the role's. */
  private <T extends RoleMetadata> Optional<SignedMetadata<T>> kept(String role, Reading<T> reading)
      throws IOException {
    Optional<byte[]> file = store.read(file(role));
    if (!file.isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reading.read(file.get()));
    } catch (TufException e) {
      store.delete(file(role));
      return Optional.empty();
    }
  }

  private static void requireCurrent(String role, RoleMetadata metadata, Instant start)
      throws ExpiredMetadataException {
    if (metadata.expired(start)) {
      throw new ExpiredMetadataException(role, metadata.version(), metadata.expires(), start);
    }
  }

  private static void requireNotOlder(String role, long version, long trusted)
      throws RollbackException {
    if (version < trusted) {
      throw new RollbackException(
          role, "its version is " + version + ", version " + trusted + " was trusted before");
    }
  }

  private static void requireNoneOlder(Snapshot found, Snapshot trusted) throws RollbackException {
    for (Map.Entry<String, MetaFile> before : trusted.meta().entrySet()) {
      MetaFile now = found.meta().get(before.getKey());
      if (now == null) {
        throw new RollbackException(
            SNAPSHOT.text(), "it no longer names the role " + before.getKey());
      }
      requireNotOlder(before.getKey(), now.version(), before.getValue().version());
    }
  }

  /** The name of a role's file, without a version. */
  static String file(String role) {
    try {
      return URLEncoder.encode(role, "UTF-8").replace("+", "%20") + ".json";
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("Every Java platform has UTF-8", e);
    }
  }
}
