package io.distillstream.device.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.StageReport;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.TestFolders;
import io.distillstream.device.TestModels;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.ServedGateway;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.Json;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttTopics;
import io.distillstream.mqtt.MqttVersion;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.trust.PublishedRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** From the topics over a gateway and a broker that others wrote to the answer, and back. */
class MqttDeviceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final AtomicInteger PIPELINES = new AtomicInteger();
  private static final MqttTopics TOPICS = new MqttTopics(MqttTopics.PREFIX);
  private static final String UPDATES = TOPICS.update("glosses", "stable");
  private static final String REPORT =
      """
      {"device_id":"d9","model":"glosses","channel":"stable","version":7,"outcome":"INSTALLED",
       "reason":null,"arrivals":{"starts_millis":[],"counts":[]},"answers_served":42,
       "at":"2026-03-01T12:00:00.123Z"}\
      """;

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

  @ParameterizedTest
  @EnumSource(MqttVersion.class)
  void shouldInstallWhatIsAnnouncedAndReportIt(MqttVersion version) throws Exception {
    try (ServedGateway served = gateway(Map.of("gateway.mqtt.version", version.toString()));
        DeviceClient device = start(served, MqttBroker.at(broker.url()).speaking(version))) {
      assertThat(device.predict("a dog")).isEmpty();

      served.publish(1);
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      assertThat(device.predict("a dog")).map(DeviceAnswer::label).hasValue(TestModels.label(1));
      await().atMost(PATIENCE).until(() -> reports(served).size() == 1);
      DeviceReport report = reports(served).get(0);
      assertThat(report.getEvent()).isEqualTo(DeviceEvent.INSTALLED);
      assertThat(report.getDeviceId()).isEqualTo("d1");
      assertThat(report.getEventTimes().getCounts()).containsExactly(1L);

      served.publish(2);
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports(served).size() == 2);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(served.read(Topics.STAGE_REPORTS))
                      .filteredOn(stage -> stage.getStage().equals("device"))
                      .extracting(StageReport::getCounters)
                      .contains(Map.of("answers_served", 1L)));
      // What was received is not sent again.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(home.resolve("d1")).isDirectoryNotContaining("glob:**/report-*.json"));
    }
  }

  @Test
  void shouldTellWhoeverComesLaterOfTheNewestVersion() throws Exception {
    try (ServedGateway served = gateway(Map.of())) {
      served.publish(1);
      served.publish(2);
      await().atMost(PATIENCE).until(() -> served.metric("mqtt_announcements_total") >= 1);
      await().atMost(PATIENCE).until(() -> broker.first(UPDATES).contains("\"version\":2"));
    }

    // The gateway is gone, the broker still says it.
    String announcement = broker.first(UPDATES, "-V", "mqttv311");
    assertThat(Json.object(announcement).wholeNumber("version", 2, 2)).isEqualTo(2);
    assertThat(Json.object(announcement).text("manifest_sha256")).hasSize(64);
  }

  @Test
  void shouldGoOnWhenTheBrokerWasKilled() throws Exception {
    try (ServedGateway served = gateway(Map.of());
        DeviceClient device = start(served, MqttBroker.at(broker.url()))) {
      served.publish(1);
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports(served).size() == 1);
      assertThat(served.metric("mqtt_connected")).isOne();

      broker.kill();
      await().atMost(PATIENCE).until(() -> served.metric("mqtt_connected") == 0);
      served.publish(2);
      await().atMost(PATIENCE).until(() -> served.offeredVersions() == 2);
      assertThat(served.get("/health/ready")).contains("ok", broker.url());
      broker.startAgain();

      // It kept nothing, and is told anew.
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports(served).size() == 2);
      assertThat(served.get("/health/ready")).isEqualTo("ok");
    }
  }

  @Test
  void shouldRefuseReportsThatAreNoneOrAnotherDevices() throws Exception {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger("io.distillstream.gateway.mqtt");
    lines.start();
    logger.addAppender(lines);
    try (ServedGateway served = gateway(Map.of());
        Mosquitto.Listener receipts = broker.listen(TOPICS.receipts("d9"), 2)) {
      await().atMost(PATIENCE).until(() -> served.metric("mqtt_connected") == 1);
      String wrong = REPORT.replace("\"version\":7", "\"version\":\"seven\"");
      broker.publish(TOPICS.reports("d9"), wrong);
      broker.publish(TOPICS.reports("d8"), REPORT);
      broker.publish(TOPICS.status("d9"), "[]");
      broker.publish("distillstream/reports/d%39", REPORT);
      await().atMost(PATIENCE).until(() -> served.metric("reports_refused_total") == 4);

      broker.publish(TOPICS.reports("d9"), REPORT, "-V", "mqttv5");

      assertThat(receipts.heard())
          .contains("\"report_sha256\":\"" + sha256(REPORT) + "\",\"error\":null")
          .contains(sha256(wrong), "'version'");
      assertThat(reports(served)).extracting(DeviceReport::getDeviceId).containsExactly("d9");
      assertThat(lines.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .anySatisfy(line -> assertThat(line).contains("/reports/d9", "'version'"))
          .anySatisfy(line -> assertThat(line).contains("/reports/d8", "expected d8"))
          .anySatisfy(line -> assertThat(line).contains("/status/d9", "array"))
          .anySatisfy(line -> assertThat(line).contains("/reports/d%39", "as in a URL"));
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void shouldTakeSignedUpdatesAloneWhateverIsAnnounced() throws Exception {
    // A cluster of its own: whoever may write one topic may write all.
    try (EmbeddedCluster own = EmbeddedCluster.start(home.resolve("cluster"));
        ServedGateway served = gateway(own, Map.of())) {
      PublishedRepository sound = served.repository(home.resolve("trust"));
      served.signedBy(sound);
      broker.publish(UPDATES, "{}", "-r");
      TrustedRoot root = TrustedRoot.read(sound.root());
      DeviceSettings settings = settings().withTrustedRoot(root);
      try (DeviceClient device = start(settings, served, MqttBroker.at(broker.url()))) {
        broker.publish(UPDATES, "nothing at all", "-r");
        broker.publish(UPDATES, "x".repeat(100_000), "-V", "mqttv311");
        broker.publish(UPDATES, "{\"manifest_sha256\":\"%s\"}".formatted(sha256("none")), "-r");
        served.publish(1);
        sound.publish();
        assertThat(device.awaitVersion(1, PATIENCE)).isTrue();

        // On the topic, announced by the gateway itself, and signed by nobody.
        served.signNoLonger();
        served.publish(1_000);
        await().atMost(PATIENCE).until(() -> broker.first(UPDATES).contains("\"version\":1000"));

        served.signedBy(sound);
        served.publish(2);
        sound.publish();
        assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
        assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(2L);
      }
    }
  }

  private ServedGateway gateway(Map<String, String> settings) {
    return gateway(cluster, settings);
  }

  private ServedGateway gateway(EmbeddedCluster cluster, Map<String, String> settings) {
    Pipeline pipeline = new Pipeline("it-" + PIPELINES.incrementAndGet());
    Map<String, String> all = new HashMap<>(Map.of("gateway.mqtt.url", broker.url()));
    all.putAll(settings);
    return new ServedGateway(
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
        pipeline,
        home.resolve(pipeline.name()),
        all);
  }

  private DeviceClient start(ServedGateway served, MqttBroker broker) throws IOException {
    return start(settings(), served, broker);
  }

  private static DeviceClient start(
      DeviceSettings settings, ServedGateway served, MqttBroker broker) throws IOException {
    DeviceClient device = MqttDevice.open(settings, Gateway.at(served.url(), null), broker, TOPICS);
    device.start();
    return device;
  }

  private DeviceSettings settings() throws IOException {
    return DeviceSettings.of(
        "d1", "glosses", "stable", TestFolders.ofOldDevice(home.resolve("d1")));
  }

  private static List<DeviceReport> reports(ServedGateway served) {
    return served.read(Topics.DEVICE_REPORTS);
  }

  private static String sha256(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }
}
