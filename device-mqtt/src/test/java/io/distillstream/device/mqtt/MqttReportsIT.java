package io.distillstream.device.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceReport;
import io.distillstream.device.http.ServedGateway;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.mqtt.MqttTopics;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of many devices, by a broker that others wrote, to the topic. */
class MqttReportsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int FLOOD = 800;
  private static final MqttTopics TOPICS = new MqttTopics(MqttTopics.PREFIX);

  @TempDir static Path clusterFolder;
  @TempDir Path home;
  private static EmbeddedCluster cluster;
  private Mosquitto broker;

  @BeforeAll
  static void startCluster() {
    Mosquitto.require();
    cluster = EmbeddedCluster.start(clusterFolder);
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void startBroker() throws Exception {
    broker = Mosquitto.start(home.resolve("mosquitto"));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void shouldShareThemAmongGateways() throws Exception {
    Pipeline pipeline = new Pipeline("two-gateways");
    List<String> devices = IntStream.range(0, 20).mapToObj(i -> "d" + i).toList();
    try (ServedGateway first = gateway(pipeline, "first", Map.of());
        ServedGateway second = gateway(pipeline, "second", Map.of())) {
      await().atMost(PATIENCE).until(() -> first.metric("mqtt_connected") == 1);
      await().atMost(PATIENCE).until(() -> second.metric("mqtt_connected") == 1);
      for (String device : devices) {
        broker.publish(TOPICS.reports(device), report(device, 7));
      }
      await().atMost(PATIENCE).until(() -> taken(first) + taken(second) >= devices.size());

      assertThat(first.read(Topics.DEVICE_REPORTS))
          .extracting(DeviceReport::getDeviceId)
          .containsExactlyInAnyOrderElementsOf(devices);
      assertThat(taken(first)).isPositive();
      assertThat(taken(second)).isPositive();
    }
  }

  @Test
  void shouldRefuseWhatOneDeviceSendsTooOften() throws Exception {
    Map<String, String> rate = Map.of("gateway.max-requests-per-address", "2");
    try (ServedGateway served = gateway(new Pipeline("rate"), "rate", rate)) {
      await().atMost(PATIENCE).until(() -> served.metric("mqtt_connected") == 1);
      List<String> lines = IntStream.range(0, FLOOD).mapToObj(i -> report("d1", i + 1)).toList();
      broker.publishLines(TOPICS.reports("d1"), lines);
      broker.publish(TOPICS.reports("d2"), report("d2", 7));
      // The same holds for who asks for metrics.
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(2))
          .untilAsserted(
              () ->
                  assertThat(taken(served) + served.metric("reports_refused_total"))
                      .isEqualTo(lines.size() + 1));

      assertThat(served.metric("reports_refused_total")).isGreaterThan(FLOOD / 2.0);
      assertThat(served.read(Topics.DEVICE_REPORTS))
          .extracting(DeviceReport::getDeviceId)
          .contains("d1", "d2");
    }
  }

  private ServedGateway gateway(Pipeline pipeline, String name, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(Map.of("gateway.mqtt.url", broker.url()));
    all.putAll(settings);
    return new ServedGateway(
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
        pipeline,
        home.resolve(name),
        all);
  }

  private static String report(String device, int version) {
    return """
    {"device_id":"%s","model":"glosses","channel":"stable","version":%d,"outcome":"INSTALLED",\
    "reason":null,"arrivals":{"starts_millis":[],"counts":[]},"answers_served":42,\
    "at":"2026-03-01T12:00:00.123Z"}\
    """
        .formatted(device, version);
  }

  private static double taken(ServedGateway served) throws Exception {
    return served.metric("reports_total");
  }
}
