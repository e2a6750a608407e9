package io.distillstream.device.kafka;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.UpdateManifest;
import io.distillstream.wire.trust.TrustTopic;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the newest updates on the topic said of files, by digest: a manifest that was verified names
 * its files by digest alone. Bounded; not thread-safe.
 */
final class SeenFiles {

  static final int MOST = 64;

  private final Map<String, byte[]> manifests = bounded();
  private final Map<String, ArtifactRef> artifacts = bounded();

  void see(ModelUpdate update, UpdateManifest manifest) {
    ByteBuffer json = update.getManifest();
    if (json != null) {
      byte[] bytes = TrustTopic.bytes(json);
      manifests.put(Sha256.hex(bytes), bytes);
    }
    artifacts.put(manifest.artifact().sha256(), manifest.artifact());
    manifest.deltas().forEach(delta -> artifacts.put(delta.file().sha256(), delta.file()));
  }

  Optional<byte[]> manifest(String sha256) {
    return Optional.ofNullable(manifests.get(sha256));
  }

  /** The same file with its place on the topic of blobs; as it is where it was not seen. */
  ArtifactRef located(ArtifactRef artifact) {
    ArtifactRef seen = artifacts.get(artifact.sha256());
    return seen != null && artifact.location().equals(artifact.sha256()) ? seen : artifact;
  }

  private static <T> Map<String, T> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > MOST;
      }
    };
  }
}
