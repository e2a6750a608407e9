package io.distillstream.device.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceReport;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.TestFolders;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpUpdateSource;
import io.distillstream.device.http.ServedGateway;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.http.tls.ClientTls;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttTopics;
import io.distillstream.mqtt.MqttVersion;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ReportJson;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with TLS, logins, and the rights that the documentation gives. */
class SecuredMqttIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final MqttTopics TOPICS = new MqttTopics(MqttTopics.PREFIX);
  private static final Path RIGHTS = Path.of("..", "deploy", "mosquitto", "distillstream.acl");

  @TempDir Path home;

  @Test
  void shouldLetADeviceSpeakForItselfAlone() throws Exception {
    Mosquitto.require();
    TestAuthority authority = new TestAuthority(Files.createDirectory(home.resolve("authority")));
    TestAuthority.Issued own = authority.issue();
    Path passwords =
        Mosquitto.passwords(home.resolve("passwords"), "gateway", "g-secret", "d1", "d-secret");
    Path password = Files.writeString(home.resolve("password"), "g-secret\n");
    try (Mosquitto broker =
            Mosquitto.start(
                home.resolve("mosquitto"),
                "allow_anonymous false",
                "password_file " + passwords,
                "acl_file " + RIGHTS.toRealPath(),
                "certfile " + own.certificate(),
                "keyfile " + own.key());
        EmbeddedCluster cluster = EmbeddedCluster.start(home.resolve("cluster"));
        ServedGateway served =
            new ServedGateway(
                new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
                new Pipeline("secured"),
                home.resolve("data"),
                Map.of(
                    "gateway.mqtt.url", broker.tlsUrl(),
                    "gateway.mqtt.user", "gateway",
                    "gateway.mqtt.password-file", password.toString(),
                    "gateway.mqtt.ca", authority.certificate().toString()))) {
      MqttBroker trusted =
          MqttBroker.at(broker.tlsUrl())
              .speaking(MqttVersion.V3_1_1)
              .over(ClientTls.trusting(authority.certificate()), null);
      refuses(served, MqttBroker.at(broker.tlsUrl()).as("d1", "d-secret"), "certification path");
      refuses(served, trusted.as("d1", "wrong"), "refuses to connect: not authorized");
      refuses(
          served,
          trusted.speaking(MqttVersion.V5).as("d1", "wrong"),
          "refuses to connect: not authorized");

      served.publish(1);
      try (DeviceClient device =
          MqttDevice.open(
              settings("d1"),
              Gateway.at(served.url(), null),
              trusted.as("d1", "d-secret"),
              TOPICS)) {
        device.start();
        assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
        await().atMost(PATIENCE).until(() -> reports(served).size() == 1);

        String[] login = {
          "-u", "d1", "-P", "d-secret", "--cafile", authority.certificate().toString()
        };
        broker.publish(TOPICS.reports("d2"), report("d2"), login);
        broker.publish(UPDATES, "{}", login);
        broker.publish(TOPICS.reports("d1"), report("d1"), login);
        await().atMost(PATIENCE).until(() -> reports(served).size() == 2);
        assertThat(reports(served))
            .extracting(DeviceReport::getDeviceId)
            .containsExactly("d1", "d1");
        assertThat(broker.first(UPDATES, login)).contains("\"version\":1");
      }
    }
  }

  private static final String UPDATES = TOPICS.update("glosses", "stable");

  /** A device that is not let in says why, in a line, and no password. */
  private void refuses(ServedGateway served, MqttBroker broker, String why) throws Exception {
    BrokerLink link = new BrokerLink(settings("d1"), broker, TOPICS);
    try (link;
        HttpUpdateSource source =
            new HttpUpdateSource(
                Gateway.at(served.url(), null), "glosses", "stable", link::listener)) {
      assertThatThrownBy(() -> source.poll(PATIENCE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(broker.toString())
          .hasMessageContaining(why)
          .hasMessageNotContaining("secret")
          .hasMessageNotContaining("\n");
    }
  }

  private DeviceSettings settings(String id) throws IOException {
    return DeviceSettings.of(id, "glosses", "stable", TestFolders.ofOldDevice(home.resolve(id)));
  }

  private static String report(String device) {
    return new String(
        ReportJson.write(
            new UpdateReport(
                device,
                "glosses",
                "stable",
                9,
                UpdateReport.Outcome.INSTALLED,
                null,
                ArrivalCounts.NONE,
                0,
                Instant.EPOCH)),
        StandardCharsets.UTF_8);
  }

  private static List<DeviceReport> reports(ServedGateway served) {
    return served.read(Topics.DEVICE_REPORTS);
  }
}
