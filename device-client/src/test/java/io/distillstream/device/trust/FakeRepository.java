package io.distillstream.device.trust;

import io.distillstream.device.transport.VerifiableSource;
import io.distillstream.foundation.Sha256;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.MetadataSource;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.refusal.TufException;
import io.distillstream.tuf.repository.ChannelSigner;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyException;
import io.distillstream.tuf.repository.KeyFile;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.RepositoryFiles;
import io.distillstream.tuf.repository.RepositorySigner;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A pipeline's repository and the transport over which a device sees it, in memory. */
final class FakeRepository implements VerifiableSource {

  static final ChannelTargets STABLE = new ChannelTargets("student", "stable");

  final TrustFolder trust;
  final Map<String, byte[]> targets = new HashMap<>();
  final List<UpdateManifest> offers = new ArrayList<>();
  int looks;
  boolean away;
  private final RepositorySigner signer;
  private Map<String, byte[]> files = Map.of();
  private byte[] channel = {};

  FakeRepository(Path folder) throws IOException, KeyException {
    trust = new TrustFolder(folder);
    NewRepository.create(trust, List.of(STABLE), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
    signer =
        new RepositorySigner(trust, Expiries.DEFAULTS, Clock.systemUTC(), RepositoryFiles.NONE);
    sign();
  }

  TrustedRoot root() throws IOException {
    return TrustedRoot.of(Files.readAllBytes(trust.trustedRoot()));
  }

  /** Signs a manifest, and announces it. */
  void publish(UpdateManifest manifest) throws IOException, KeyException, TufException {
    byte[] json = ManifestJson.write(manifest);
    targets.put(Sha256.hex(json), json);
    channel =
        new ChannelSigner(
                STABLE,
                KeyFile.read(trust.key(STABLE.role())),
                Expiries.DEFAULTS,
                3,
                Clock.systemUTC())
            .publish(
                channel.length == 0 ? null : channel,
                manifest.version(),
                json,
                new TargetFile(1, manifest.artifact().sha256()));
    signer.offer(STABLE.role(), channel);
    sign();
    offers.add(manifest);
  }

  static UpdateManifest manifest(long version) {
    return new UpdateManifest(
        "student",
        "stable",
        version,
        "labels",
        "onnx",
        ArtifactRef.byDigest(1, "ab".repeat(32)),
        List.of(),
        List.of(),
        7,
        new ArrivalCounts(new TreeMap<>(Map.of(1_000L, 7L))));
  }

  @Override
  public List<UpdateManifest> poll(Duration patience) {
    List<UpdateManifest> offered = List.copyOf(offers);
    offers.clear();
    return offered;
  }

  @Override
  public MetadataSource metadata() {
    looks++;
    return (name, maxBytes) -> {
      if (away) {
        throw new IOException("the network is away");
      }
      return Optional.ofNullable(files.get(name));
    };
  }

  @Override
  public Optional<byte[]> target(TrustedTarget target) {
    return Optional.ofNullable(targets.get(target.sha256()));
  }

  @Override
  public void fetch(ArtifactRef artifact, Path target) {
    throw new UnsupportedOperationException("No test fetches an artifact");
  }

  @Override
  public void close() {}

  private void sign() throws IOException, KeyException {
    files = signer.sign().orElseThrow().byName();
  }
}
