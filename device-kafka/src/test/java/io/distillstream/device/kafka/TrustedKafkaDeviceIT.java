package io.distillstream.device.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.embedded.EmbeddedCluster;
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
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.trust.TrustTopic;
import io.distillstream.wire.update.ManifestMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device with a root, on a broker to which anyone may write. */
class TrustedKafkaDeviceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ChannelTargets CHANNEL = new ChannelTargets("glosses", "stable");

  @TempDir private Path home;

  @Test
  void shouldTakeSignedUpdatesAloneAndGoOnWhenTheTopicsAreForged() throws Exception {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(home.resolve("cluster"));
        Publication sound = new Publication(cluster, home.resolve("trust"));
        Publication forger = new Publication(cluster, home.resolve("forger"));
        DeviceClient device = sound.device(home.resolve("device"))) {
      device.start();
      sound.publish(1);
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();

      // Unsigned, and above all that will be published.
      sound.publisher().publish(1_000, UnaryOperator.identity());
      // Signed by a repository of their own, which replaces the sound one on the topic.
      forger.publish(1_001);
      sound.publish(2);
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(2L);

      // What was current an hour ago.
      Map<String, byte[]> old = sound.published;
      sound.publish(3);
      assertThat(device.awaitVersion(3, PATIENCE)).isTrue();
      sound.write(old);
      sound.publish(4);
      assertThat(device.awaitVersion(4, PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldFetchAgainWhatWasMissingWhenItsMetadataArrived() throws Exception {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(home.resolve("cluster"));
        Publication sound = new Publication(cluster, home.resolve("trust"));
        DeviceClient device = sound.device(home.resolve("device"))) {
      device.start();
      sound.announceWithoutMetadata(1);
      await().pollDelay(Duration.ofSeconds(1)).until(() -> device.installedVersion().isEmpty());
      sound.writeMetadata();
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    }
  }

  /** A repository and the pipeline on whose topics it is published. */
  private static final class Publication implements AutoCloseable {

    private final ClusterConnection connection;
    private final WireFormat wire;
    private final Pipeline pipeline = new Pipeline("trusted-it");
    private final TrustFolder trust;
    private final RepositorySigner signer;
    private byte[] channel = {};
    Map<String, byte[]> published = Map.of();

    Publication(EmbeddedCluster cluster, Path folder) throws IOException, KeyException {
      connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
      wire = new WireFormat(cluster.registryUrl());
      trust = new TrustFolder(folder);
      NewRepository.create(trust, List.of(CHANNEL), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
      signer =
          new RepositorySigner(trust, Expiries.DEFAULTS, Clock.systemUTC(), RepositoryFiles.NONE);
      try (Admin admin = Admin.create(connection.adminProperties())) {
        TopicInstaller.install(admin, wire, pipeline);
      }
    }

    DeviceClient device(Path folder) throws IOException {
      return KafkaDevice.open(
          DeviceSettings.of("d1", "glosses", "stable", folder)
              .withTrustedRoot(TrustedRoot.read(trust.trustedRoot())),
          connection,
          pipeline);
    }

    TestPublisher publisher() {
      return new TestPublisher(connection, wire, pipeline);
    }

    void publish(long version) throws Exception {
      announceWithoutMetadata(version);
      writeMetadata();
    }

    void announceWithoutMetadata(long version) throws TufException {
      publisher().publish(version, this::signed);
      signer.offer(CHANNEL.role(), channel);
    }

    void writeMetadata() throws Exception {
      published = signer.sign().orElseThrow().byName();
      write(published);
    }

    void write(Map<String, byte[]> files) {
      TrustTopic topic = new TrustTopic(wire.codec(Topics.TRUST, pipeline));
      try (Producer<String, byte[]> producer =
          new KafkaProducer<>(connection.transactionalProducerProperties(pipeline + "-signer"))) {
        producer.initTransactions();
        producer.beginTransaction();
        files.forEach((name, content) -> producer.send(topic.record(name, content)));
        producer.commitTransaction();
      }
    }

    private ModelUpdate signed(ModelUpdate update) {
      byte[] manifest = ManifestJson.write(ManifestMapper.manifest(update));
      try {
        channel =
            new ChannelSigner(
                    CHANNEL,
                    KeyFile.read(trust.key(CHANNEL.role())),
                    Expiries.DEFAULTS,
                    3,
                    Clock.systemUTC())
                .publish(
                    channel.length == 0 ? null : channel,
                    update.getVersion(),
                    manifest,
                    new TargetFile(
                        update.getArtifact().getSizeBytes(), update.getArtifact().getSha256()));
      } catch (IOException | KeyException e) {
        throw new IllegalStateException("The test's own key is at hand", e);
      }
      return ModelUpdate.newBuilder(update)
          .setManifest(ByteBuffer.wrap(manifest))
          .setTargetsMetadata(ByteBuffer.wrap(channel))
          .build();
    }

    @Override
    public void close() {
      wire.close();
    }
  }
}
