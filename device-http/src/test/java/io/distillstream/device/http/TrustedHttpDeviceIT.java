package io.distillstream.device.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.trust.PublishedRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device with a root, behind a gateway of a broker to which anyone may write. */
class TrustedHttpDeviceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @TempDir private Path home;
  private EmbeddedCluster cluster;
  private ServedGateway served;

  @BeforeEach
  void serve() {
    cluster = EmbeddedCluster.start(home.resolve("cluster"));
    served =
        new ServedGateway(
            new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
            new Pipeline("trusted-http-it"),
            home.resolve("data"),
            Map.of());
  }

  @AfterEach
  void stop() {
    served.close();
    cluster.close();
  }

  @Test
  void shouldTakeSignedUpdatesAloneAndGoOnWhenTheTopicsAreForged() throws Exception {
    PublishedRepository sound = served.repository(home.resolve("trust"));
    served.signedBy(sound);
    try (DeviceClient device = start(sound)) {
      served.publish(1);
      sound.publish();
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();

      // Unsigned, and above all that will be published.
      served.signNoLonger();
      served.publish(1_000);
      // Signed by a repository of their own, which replaces the sound one on the topic.
      PublishedRepository forged = served.repository(home.resolve("forger"));
      served.signedBy(forged);
      served.publish(1_001);
      forged.publish();
      await().atMost(PATIENCE).until(() -> served.offeredVersions() == 3);
      assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(1L);

      served.signedBy(sound);
      served.publish(2);
      sound.publish();
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(2L);
    }
  }

  @Test
  void shouldTakeWhatWasSignedOnceItsMetadataArrives() throws Exception {
    PublishedRepository sound = served.repository(home.resolve("trust"));
    served.signedBy(sound);
    try (DeviceClient device = start(sound)) {
      served.publish(1);
      await().atMost(PATIENCE).until(() -> served.offeredVersions() == 1);
      assertThat(device.installedVersion()).isEmpty();

      sound.publish();
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    }
  }

  private DeviceClient start(PublishedRepository trusted) throws IOException {
    DeviceClient device =
        HttpDevice.open(
            DeviceSettings.of("d1", "glosses", "stable", home.resolve("device"))
                .withTrustedRoot(TrustedRoot.read(trusted.root())),
            Gateway.at(served.url(), null));
    device.start();
    return device;
  }
}
