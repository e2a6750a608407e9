package io.distillstream.artifacts.signing;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.repository.ChannelSigner;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyException;
import io.distillstream.tuf.repository.KeyFile;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.update.ManifestJson;
import io.distillstream.wire.trust.TrustTopic;
import io.distillstream.wire.update.ManifestMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs the updates of one channel. Its key is read whenever it is needed, so that one that the
 * operator has replaced signs from the next update on. Used by one thread at a time.
 */
public final class UpdateSigner {

  private static final Logger log = LoggerFactory.getLogger(UpdateSigner.class);

  private final String model;
  private final String channel;
  private final TrustFolder folder;
  private final SigningSettings settings;
  private final Clock clock;
  private boolean toldUnsigned;

  /**
   * @param dataFolder of the process
   */
  public UpdateSigner(
      String model, String channel, SigningSettings settings, Path dataFolder, Clock clock) {
    this.model = model;
    this.channel = channel;
    this.folder = new TrustFolder(settings.folder(dataFolder));
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The update with its manifest and its role's metadata; as it is where the channel has no key.
   *
   * @param previous the update before it on the channel
   * @throws IOException if there is a key that cannot be used: then nothing must be published
   */
  public ModelUpdate sign(ModelUpdate update, Optional<ModelUpdate> previous) throws IOException {
    Optional<ChannelSigner> signer = signer();
    if (signer.isEmpty()) {
      return update;
    }
    byte[] manifest = ManifestJson.write(ManifestMapper.manifest(update));
    BlobRef artifact = update.getArtifact();
    byte[] metadata =
        signer
            .get()
            .publish(
                previous.map(UpdateSigner::metadata).orElse(null),
                update.getVersion(),
                manifest,
                new TargetFile(artifact.getSizeBytes(), artifact.getSha256()));
    return ModelUpdate.newBuilder(update)
        .setManifest(ByteBuffer.wrap(manifest))
        .setTargetsMetadata(ByteBuffer.wrap(metadata))
        .build();
  }

  /**
   * The same update with metadata that is valid for longer; empty where that is not due yet, or the
   * update is not signed.
   *
   * @throws IOException if the key cannot be used
   */
  public Optional<ModelUpdate> renewed(ModelUpdate newest) throws IOException {
    byte[] metadata = metadata(newest);
    if (metadata == null) {
      return Optional.empty();
    }
    return signer()
        .flatMap(one -> one.renewed(metadata))
        .map(
            renewed ->
                ModelUpdate.newBuilder(newest)
                    .setTargetsMetadata(ByteBuffer.wrap(renewed))
                    .build());
  }

  private Optional<ChannelSigner> signer() throws IOException {
    Path file = folder.key(model + "-" + channel);
    if (!Files.exists(file)) {
      if (!toldUnsigned) {
        log.warn(
            "Updates of {}/{} are not signed: there is no key {}; keys init makes it",
            model,
            channel,
            file);
        toldUnsigned = true;
      }
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ChannelSigner(
              new ChannelTargets(model, channel),
              KeyFile.read(file),
              Expiries.DEFAULTS,
              settings.versions(),
              clock));
    } catch (KeyException | IllegalArgumentException e) {
      throw new IOException("Updates cannot be signed: " + e.getMessage(), e);
    }
  }

  private static byte @Nullable [] metadata(ModelUpdate update) {
    ByteBuffer metadata = update.getTargetsMetadata();
    return metadata == null ? null : TrustTopic.bytes(metadata);
  }
}
