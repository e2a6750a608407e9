package io.distillstream.tuf.repository;

import io.distillstream.foundation.Sha256;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.MetadataSource;
import io.distillstream.tuf.metadata.DelegatedRole;
import io.distillstream.tuf.metadata.MetaFile;
import io.distillstream.tuf.metadata.RoleKeys;
import io.distillstream.tuf.metadata.Root;
import io.distillstream.tuf.metadata.Snapshot;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.Timestamp;
import io.distillstream.tuf.metadata.TopLevelRole;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A mirror in memory, and the keys of its repository, all of which an attacker may have a hand in.
 * Written by the records themselves and not by the signers, which refuse to sign an attack.
 */
final class TestRepository implements MetadataSource {

  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final ChannelTargets STABLE = new ChannelTargets("student", "stable");
  static final ChannelTargets BETA = new ChannelTargets("student", "beta");

  final Map<String, byte[]> files = new TreeMap<>();
  final Map<String, List<SigningKey>> keys = new TreeMap<>();
  final List<String> asked = new ArrayList<>();
  final Map<String, MetaFile> meta = new TreeMap<>();
  int stableThreshold = 1;
  Instant signedAt = NOW;
  long rootVersion;
  long targetsVersion;
  long snapshotVersion;
  long timestampVersion;

  TestRepository() {
    for (TopLevelRole role : TopLevelRole.values()) {
      keys.put(role.text(), List.of(SigningKey.generate()));
    }
    keys.put(STABLE.role(), List.of(SigningKey.generate()));
    keys.put(BETA.role(), List.of(SigningKey.generate()));
  }

  /** All of it, with one manifest on the stable channel. */
  TestRepository published(String manifest) {
    root(keys("root"));
    targets();
    channel(STABLE, 1, Map.of(STABLE.manifest(), file(manifest)), keys(STABLE.role()));
    channel(BETA, 1, Map.of(BETA.manifest(), file("beta")), keys(BETA.role()));
    snapshotAndTimestamp();
    return this;
  }

  /** A new version of the stable channel. */
  void publish(long version, String manifest) {
    channel(STABLE, version, Map.of(STABLE.manifest(), file(manifest)), keys(STABLE.role()));
    snapshotAndTimestamp();
  }

  byte[] root(List<SigningKey> signers) {
    Map<TopLevelRole, RoleKeys> roles = new EnumMap<>(TopLevelRole.class);
    for (TopLevelRole role : TopLevelRole.values()) {
      roles.put(role, NewRepository.roleKeys(keys(role.text()), 1));
    }
    byte[] root =
        MetadataWriter.write(
            new Root(++rootVersion, signedAt.plus(Duration.ofDays(365)), true, roles), signers);
    files.put(rootVersion + ".root.json", root);
    return root;
  }

  void targets() {
    List<DelegatedRole> delegations = new ArrayList<>();
    for (ChannelTargets channel : List.of(STABLE, BETA)) {
      delegations.add(
          new DelegatedRole(
              channel.role(),
              NewRepository.roleKeys(
                  keys(channel.role()), channel.equals(STABLE) ? stableThreshold : 1),
              true,
              List.of(channel.pattern()),
              List.of()));
    }
    put(
        "targets",
        ++targetsVersion,
        MetadataWriter.write(
            new Targets(targetsVersion, signedAt.plus(Duration.ofDays(90)), Map.of(), delegations),
            keys("targets")));
  }

  void channel(
      ChannelTargets channel,
      long version,
      Map<String, TargetFile> targets,
      List<SigningKey> signers) {
    put(
        channel.role(),
        version,
        MetadataWriter.write(
            new Targets(version, signedAt.plus(Duration.ofDays(7)), targets, List.of()), signers));
  }

  void snapshotAndTimestamp() {
    Instant expires = signedAt.plus(Duration.ofDays(1));
    byte[] snapshot =
        MetadataWriter.write(new Snapshot(++snapshotVersion, expires, meta), keys("snapshot"));
    files.put(snapshotVersion + ".snapshot.json", snapshot);
    timestamp(MetaFile.of(snapshotVersion, snapshot), keys("timestamp"));
  }

  void timestamp(MetaFile snapshot, List<SigningKey> signers) {
    files.put(
        "timestamp.json",
        MetadataWriter.write(
            new Timestamp(++timestampVersion, signedAt.plus(Duration.ofDays(1)), snapshot),
            signers));
  }

  /** Whoever signs for a role. */
  List<SigningKey> keys(String role) {
    return Objects.requireNonNull(keys.get(role), role);
  }

  /** A file that is there. */
  byte[] stored(String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  static TargetFile file(String content) {
    byte[] bytes = bytes(content);
    return new TargetFile(bytes.length, Sha256.hex(bytes));
  }

  static byte[] bytes(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Optional<byte[]> read(String name, int maxBytes) {
    asked.add(name);
    return Optional.ofNullable(files.get(name));
  }

  private void put(String role, long version, byte[] file) {
    files.put(version + "." + role + ".json", file);
    meta.put(role, MetaFile.of(version, file));
  }
}
