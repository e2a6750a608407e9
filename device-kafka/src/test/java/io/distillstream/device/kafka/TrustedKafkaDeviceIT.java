package io.distillstream.device.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.TestModels;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.trust.PublishedRepository;
import io.distillstream.wire.update.UpdatePublisher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
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
      sound.publishUnsigned(1_000);
      // Signed by a repository of their own, which replaces the sound one on the topic.
      forger.publish(1_001);
      sound.publish(2);
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(2L);

      // What was current an hour ago.
      Map<String, byte[]> old = sound.repository.published();
      sound.publish(3);
      assertThat(device.awaitVersion(3, PATIENCE)).isTrue();
      sound.repository.write(old);
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
      sound.repository.publish();
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    }
  }

  /** A repository and the pipeline on whose topics it is published. */
  private static final class Publication implements AutoCloseable {

    private final ClusterConnection connection;
    private final WireFormat wire;
    private final Pipeline pipeline = new Pipeline("trusted-it");
    private final PublishedRepository repository;

    Publication(EmbeddedCluster cluster, Path folder) throws Exception {
      connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
      wire = new WireFormat(cluster.registryUrl());
      repository = new PublishedRepository(connection, wire, pipeline, CHANNEL, folder);
      try (Admin admin = Admin.create(connection.adminProperties())) {
        TopicInstaller.install(admin, wire, pipeline);
      }
    }

    DeviceClient device(Path folder) throws IOException {
      return KafkaDevice.open(
          DeviceSettings.of("d1", "glosses", "stable", folder)
              .withTrustedRoot(TrustedRoot.read(repository.root())),
          connection,
          pipeline);
    }

    void publishUnsigned(long version) {
      publish(version, UnaryOperator.identity());
    }

    void publish(long version) throws Exception {
      announceWithoutMetadata(version);
      repository.publish();
    }

    void announceWithoutMetadata(long version) {
      publish(version, repository::sign);
    }

    private void publish(long version, UnaryOperator<ModelUpdate> signing) {
      new UpdatePublisher(connection, wire, pipeline)
          .publish(TestManifests.sound(version), TestModels.model(version), signing);
    }

    @Override
    public void close() {
      wire.close();
    }
  }
}
