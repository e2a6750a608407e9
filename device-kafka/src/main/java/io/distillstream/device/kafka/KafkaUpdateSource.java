package io.distillstream.device.kafka;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.TrustFile;
import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.VerifiableSource;
import io.distillstream.tuf.MetadataSource;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.UpdateManifest;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import io.distillstream.wire.trust.TrustSubscription;
import io.distillstream.wire.trust.TrustTopic;
import io.distillstream.wire.update.ManifestMapper;
import io.distillstream.wire.update.UpdateSubscription;
import io.distillstream.wire.update.UpdateSubscription.Observer;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Updates from the topics of a pipeline. The topic of manifests is read from its beginning, which
 * is compacted to the newest of each key, and outside any group: every device reads all of it.
 */
public final class KafkaUpdateSource implements VerifiableSource {

  private final ClusterConnection cluster;
  private final String updateKey;
  private final Observer observer;
  private final WireFormat wire;
  private final Codec<ModelUpdate> updates;
  private final Codec<TrustFile> trustFiles;
  private final BlobReader blobs;
  private final SeenFiles seen = new SeenFiles();
  private @Nullable UpdateSubscription subscription;
  private @Nullable TrustSubscription trust;

  /**
   * Connects when it is first asked.
   *
   * @param updateKey key of the updates on the topic: model, '/' and channel
   */
  public KafkaUpdateSource(ClusterConnection cluster, Pipeline pipeline, String updateKey) {
    this(cluster, pipeline, updateKey, (update, manifest, trace) -> {});
  }

  /**
   * Connects when it is first asked.
   *
   * @param observer is told of each update as it is read
   */
  KafkaUpdateSource(
      ClusterConnection cluster, Pipeline pipeline, String updateKey, Observer observer) {
    this.observer = observer;
    this.cluster = cluster;
    this.updateKey = updateKey;
    this.wire = new WireFormat(cluster);
    this.updates = wire.codec(Topics.MODEL_UPDATES, pipeline);
    this.trustFiles = wire.codec(Topics.TRUST, pipeline);
    Codec<BlobChunk> chunks = wire.codec(Topics.MODEL_BLOBS, pipeline);
    this.blobs = new BlobReader(cluster, chunks);
  }

  @Override
  public List<UpdateManifest> poll(Duration patience) throws IOException {
    try {
      UpdateSubscription open = subscription;
      if (open == null) {
        open = new UpdateSubscription(cluster, updates, updateKey::equals, this::see);
        subscription = open;
      }
      return open.poll(patience);
    } catch (KafkaException | RegistryUnavailableException e) {
      throw failed("Manifests cannot be read", e);
    }
  }

  private void see(ModelUpdate update, UpdateManifest manifest, SpanContext trace) {
    seen.see(update, manifest);
    observer.seen(update, manifest, trace);
  }

  @Override
  public MetadataSource metadata() throws IOException {
    try {
      TrustSubscription open = trust;
      if (open == null) {
        open = new TrustSubscription(cluster, trustFiles);
        trust = open;
      }
      TrustTopic current = open.current();
      return (name, maxBytes) -> Optional.ofNullable(current.file(name));
    } catch (KafkaException | RegistryUnavailableException e) {
      throw failed("Metadata cannot be read", e);
    }
  }

  /** Manifests travel in the updates, so that one is here as soon as its update was seen. */
  @Override
  public Optional<byte[]> target(TrustedTarget target) {
    return seen.manifest(target.sha256());
  }

  @Override
  public void fetch(ArtifactRef artifact, Path target)
      throws IOException, DamagedArtifactException {
    try {
      blobs.fetch(ManifestMapper.blob(seen.located(artifact)), target);
    } catch (DamagedBlobException e) {
      throw new DamagedArtifactException(String.valueOf(e.getMessage()), e);
    } catch (KafkaException | RegistryUnavailableException e) {
      throw failed("The artifact cannot be fetched", e);
    }
  }

  @Override
  public void close() {
    try {
      disconnect();
    } finally {
      wire.close();
    }
  }

  /** Lets go of the connection, so that the next use makes another; answers what to throw. */
  private IOException failed(String what, RuntimeException cause) {
    IOException failure = new IOException(what + ": " + cause, cause);
    try {
      disconnect();
    } catch (KafkaException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private void disconnect() {
    UpdateSubscription open = subscription;
    subscription = null;
    TrustSubscription openTrust = trust;
    trust = null;
    try {
      if (open != null) {
        open.close();
      }
    } finally {
      if (openTrust != null) {
        openTrust.close();
      }
    }
  }
}
