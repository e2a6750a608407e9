package io.distillstream.tuf.repository;

import io.distillstream.foundation.Sha256;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.refusal.TufException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs the role of one channel: the newest manifest, and the artifacts of a window of versions.
 * What it follows up is what it, or the key that it took over from, signed before; nothing else
 * gets its signature. Thread-safe.
 */
public final class ChannelSigner {

  private static final Logger log = LoggerFactory.getLogger(ChannelSigner.class);

  private final ChannelTargets channel;
  private final KeyFile key;
  private final Expiries expiries;
  private final int window;
  private final Clock clock;

  /**
   * @param window of how many versions the artifacts stay among the targets, at least 1
   */
  public ChannelSigner(
      ChannelTargets channel, KeyFile key, Expiries expiries, int window, Clock clock) {
    if (window < 1) {
      throw new IllegalArgumentException("The window is at least 1 version, was " + window);
    }
    this.channel = channel;
    this.key = key;
    this.expiries = expiries;
    this.window = window;
    this.clock = clock;
  }

  /**
   * The role's metadata with a new version of the model. One that points at an artifact published
   * before, a roll-back, is a new version like any other.
   *
   * @param previous the role's metadata before; null where there is none
   * @param version of the model
   * @param manifest the exact bytes of its manifest
   * @param artifact its file
   * @return the file of the role's metadata, one version above the previous one
   */
  public byte[] publish(
      byte @Nullable [] previous, long version, byte[] manifest, TargetFile artifact) {
    Optional<Targets> before = followed(previous);
    Map<String, TargetFile> targets = new TreeMap<>();
    before.ifPresent(metadata -> targets.putAll(metadata.targets()));
    targets.put(channel.artifact(version), artifact);
    prune(targets);
    targets.put(channel.manifest(), new TargetFile(manifest.length, Sha256.hex(manifest)));
    return sign(before.map(Targets::version).orElse(0L) + 1, targets);
  }

  /**
   * The same targets once more, where less than half of their validity is left: a channel on which
   * nothing is published for long must not expire.
   *
   * @return empty where it is not yet time, or somebody else's signature is on them
   */
  public Optional<byte[]> renewed(byte[] previous) {
    return followed(previous)
        .filter(metadata -> Expiries.due(metadata.expires(), expiries.channel(), clock.instant()))
        .map(metadata -> sign(metadata.version() + 1, metadata.targets()));
  }

  private byte[] sign(long version, Map<String, TargetFile> targets) {
    return MetadataWriter.write(
        new Targets(
            version, Expiries.from(clock.instant(), expiries.channel()), targets, List.of()),
        List.of(key.signingKey()));
  }

  private Optional<Targets> followed(byte @Nullable [] previous) {
    if (previous == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          SignedMetadata.targets(channel.role(), previous).verify(key.lineage()).metadata());
    } catch (TufException e) {
      log.warn(
          "Metadata of role {} begins anew at version 1, since what was published before is not"
              + " signed by its key: {}. Devices that trusted it take it up after keys revoke {}",
          channel.role(),
          e.getMessage(),
          channel.role());
      return Optional.empty();
    }
  }

  /** Keeps the newest versions: names of artifacts begin with them. */
  private void prune(Map<String, TargetFile> targets) {
    TreeSet<Long> versions = new TreeSet<>();
    targets.keySet().forEach(path -> version(path).ifPresent(versions::add));
    while (versions.size() > window) {
      versions.pollFirst();
    }
    targets.keySet().removeIf(path -> !version(path).map(versions::contains).orElse(false));
  }

  private static Optional<Long> version(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    int end = name.indexOf('.');
    return end > 0 && end < 19 && name.substring(0, end).matches("[0-9]+")
        ? Optional.of(Long.valueOf(name.substring(0, end)))
        : Optional.empty();
  }
}
