package io.distillstream.wire.trust;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.tuf.ChannelTargets;
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
import io.distillstream.update.ManifestJson;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.update.ManifestMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * A TUF repository with keys of its own, published as quantizer and signer do: the channel's
 * metadata with its update, the rest on the topic.
 */
public final class PublishedRepository {

  private static final int SIGNED_VERSIONS = 3;

  private final ClusterConnection connection;
  private final WireFormat wire;
  private final Pipeline pipeline;
  private final ChannelTargets targets;
  private final TrustFolder trust;
  private final RepositorySigner signer;
  private byte[] channel = {};
  private Map<String, byte[]> published = Map.of();

  /**
   * @param folder of its keys, created
   */
  public PublishedRepository(
      ClusterConnection connection,
      WireFormat wire,
      Pipeline pipeline,
      ChannelTargets targets,
      Path folder)
      throws IOException, KeyException {
    this.connection = connection;
    this.wire = wire;
    this.pipeline = pipeline;
    this.targets = targets;
    trust = new TrustFolder(folder);
    NewRepository.create(trust, List.of(targets), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
    signer =
        new RepositorySigner(trust, Expiries.DEFAULTS, Clock.systemUTC(), RepositoryFiles.NONE);
  }

  /** The root's file, for devices. */
  public Path root() {
    return trust.trustedRoot();
  }

  /** The update with the metadata that vouches for it, which the next state takes in. */
  public ModelUpdate sign(ModelUpdate update) {
    byte[] manifest = ManifestJson.write(ManifestMapper.manifest(update));
    try {
      channel =
          new ChannelSigner(
                  targets,
                  KeyFile.read(trust.key(targets.role())),
                  Expiries.DEFAULTS,
                  SIGNED_VERSIONS,
                  Clock.systemUTC())
              .publish(
                  channel.length == 0 ? null : channel,
                  update.getVersion(),
                  manifest,
                  new TargetFile(
                      update.getArtifact().getSizeBytes(), update.getArtifact().getSha256()));
      signer.offer(targets.role(), channel);
    } catch (IOException | KeyException | TufException e) {
      throw new IllegalStateException("The test's own key is at hand", e);
    }
    return ModelUpdate.newBuilder(update)
        .setManifest(ByteBuffer.wrap(manifest))
        .setTargetsMetadata(ByteBuffer.wrap(channel))
        .build();
  }

  /** Publishes a state of the repository that has all that was signed. */
  public void publish() throws Exception {
    published = signer.sign().orElseThrow().byName();
    write(published);
  }

  /** The files of the newest state. */
  public Map<String, byte[]> published() {
    return published;
  }

  /** Writes files to the topic, whoever made them. */
  public void write(Map<String, byte[]> files) {
    TrustTopic topic = new TrustTopic(wire.codec(Topics.TRUST, pipeline));
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(connection.transactionalProducerProperties(pipeline + "-signer"))) {
      producer.initTransactions();
      producer.beginTransaction();
      files.forEach((name, content) -> producer.send(topic.record(name, content)));
      producer.commitTransaction();
    }
  }
}
