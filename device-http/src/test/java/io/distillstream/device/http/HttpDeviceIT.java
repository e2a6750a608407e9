package io.distillstream.device.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.StageReport;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.TestFolders;
import io.distillstream.device.TestModels;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the topics over a gateway to the answer, on a real broker and registry. */
class HttpDeviceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  @TempDir static Path clusterFolder;
  @TempDir Path home;
  private static EmbeddedCluster cluster;
  private ServedGateway served;

  @BeforeAll
  static void startCluster() {
    cluster = EmbeddedCluster.start(clusterFolder);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void serve() {
    served = gateway(Map.of());
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void shouldInstallWhatIsPublishedAndReportIt() throws Exception {
    try (DeviceClient device = start("d1", served.url(), null)) {
      assertThat(device.predict("a dog")).isEmpty();

      served.publish(1);
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      Instant answersSince = Instant.now();

      assertThat(device.predict("a dog"))
          .hasValueSatisfying(
              answer -> {
                assertThat(answer.label()).isEqualTo(TestModels.label(1));
                assertThat(answer.version()).isEqualTo(1);
              });
      await().atMost(PATIENCE).until(() -> reports().size() == 1);
      DeviceReport report = reports().get(0);
      assertThat(report.getEvent()).isEqualTo(DeviceEvent.INSTALLED);
      assertThat(report.getDeviceId()).isEqualTo("d1");
      assertThat(report.getEventTimes().getCounts()).containsExactly(1L);
      assertThat(report.getAt()).isBetween(answersSince.minusSeconds(40), answersSince);

      served.publish(2);
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldTakeTheNewestOfManyAndCountTheRecordsOfAll() throws Exception {
    served.publish(1);
    served.publish(2);
    served.publish(3);
    await().atMost(PATIENCE).until(() -> served.offeredVersions() == 3);

    try (DeviceClient device = start("d1", served.url(), null)) {
      assertThat(device.awaitVersion(3, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> !reports().isEmpty());
    }

    assertThat(reports()).hasSize(1);
    assertThat(reports().get(0).getVersion()).isEqualTo(3);
    assertThat(reports().get(0).getEventTimes().getCounts()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldAnswerOfflineAfterARestartAndReportNothingTwice() throws Exception {
    served.publish(4);
    try (DeviceClient device = start("d1", served.url(), null)) {
      assertThat(device.awaitVersion(4, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports().size() == 1);
    }

    try (DeviceClient offline = start("d1", "http://127.0.0.1:1", null)) {
      assertThat(offline.predict("a dog")).map(DeviceAnswer::version).hasValue(4L);
    }
    try (DeviceClient again = start("d1", served.url(), null)) {
      served.publish(5);
      assertThat(again.awaitVersion(5, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports().size() == 2);
    }

    assertThat(reports()).extracting(DeviceReport::getVersion).containsExactly(4L, 5L);
    assertThat(reports().get(1).getEventTimes().getCounts()).containsExactly(5L);
  }

  @Test
  void shouldRefuseAnArtifactThatIsDamagedOnTheWayAndGoOnWithTheOldOne() throws Exception {
    served.publish(1);
    try (EventlessProxy proxy = new EventlessProxy(served.url());
        DeviceClient device = start("d1", proxy.url(), null)) {
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();

      proxy.damageArtifacts(true);
      served.publish(2);
      await().atMost(PATIENCE).until(() -> reports().size() == 2);
      proxy.damageArtifacts(false);

      DeviceReport report = reports().get(1);
      assertThat(report.getEvent()).isEqualTo(DeviceEvent.REJECTED);
      assertThat(report.getReason()).contains("SHA-256");
      assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(1L);
      served.publish(3);
      assertThat(device.awaitVersion(3, PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldInstallWhateverCutsItsConnections() throws Exception {
    served.publish(1);
    try (CuttingProxy proxy = new CuttingProxy(served.port())) {
      for (int bytes : new int[] {50, 400, 150, 700}) {
        proxy.cutNext(bytes);
      }
      try (DeviceClient device = start("d1", proxy.url(), null)) {
        assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
        assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(1L);
      }
    }
  }

  @Test
  void shouldFollowAGatewayThatWasRestarted() throws Exception {
    served.publish(1);
    try (DeviceClient device = start("d1", served.url(), null)) {
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports().size() == 1);

      served.stop();
      served.publish(2);
      served.startAgain();

      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      // The first is sent again where its receipt was lost as the gateway stopped.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(reports())
                      .extracting(DeviceReport::getVersion)
                      .contains(1L, 2L)
                      .hasSizeLessThanOrEqualTo(3));
    }
  }

  @Test
  void shouldBeServedWithTheRightTokenAlone() throws Exception {
    Path token = Files.writeString(home.resolve("token"), "0123456789abcdef");
    try (ServedGateway guarded = gateway(Map.of("gateway.token-file", token.toString()))) {
      guarded.publish(1);

      Gateway wrong = Gateway.at(guarded.url(), "fedcba9876543210");
      try (HttpUpdateSource refused = new HttpUpdateSource(wrong, "glosses", "stable")) {
        assertThatThrownBy(() -> refused.poll(PATIENCE))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("401")
            .hasMessageContaining("key")
            .hasMessageNotContaining("fedcba9876543210");
      }
      try (DeviceClient device = start("d1", guarded.url(), "0123456789abcdef")) {
        assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
        await().atMost(PATIENCE).until(() -> guarded.read(Topics.DEVICE_REPORTS).size() == 1);
      }
    }
  }

  @Test
  void shouldFollowOverTlsByItsCertificateAndItsKey() throws Exception {
    TestAuthority authority = new TestAuthority(Files.createDirectory(home.resolve("authority")));
    TestAuthority.Issued gateways = authority.issue();
    Path keys = Files.writeString(home.resolve("keys"), "d1:0123456789abcdef\n");
    try (ServedGateway secured =
        gateway(
            Map.of(
                "gateway.tls-certificate", gateways.certificate().toString(),
                "gateway.tls-key", gateways.key().toString(),
                "gateway.tls-client-ca", authority.certificate().toString(),
                "gateway.api-keys", keys.toString()))) {
      assertThat(secured.url()).startsWith("https://");
      Gateway gateway = Gateway.at(secured.url(), "0123456789abcdef");
      SSLSocketFactory bare = authority.client().getSocketFactory();
      SSLSocketFactory certified = authority.client(authority.issue()).getSocketFactory();
      assertThatThrownBy(gateway::check).isInstanceOf(SSLHandshakeException.class);
      assertThatThrownBy(gateway.over(bare)::check)
          .hasMessageContaining("403")
          .hasMessageContaining("Expected a client certificate");
      assertThatThrownBy(Gateway.at(secured.url(), null).over(certified)::check)
          .hasMessageContaining("401");

      secured.publish(1);
      try (DeviceClient device = start("d1", gateway.over(certified))) {
        assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
        await().atMost(PATIENCE).until(() -> secured.read(Topics.DEVICE_REPORTS).size() == 1);
        secured.publish(2);
        assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      }
    }
  }

  @Test
  void shouldAskForVersionsWhereNoEventsComeThrough() throws Exception {
    served.publish(1);
    try (EventlessProxy proxy = new EventlessProxy(served.url());
        DeviceClient device = start("d1", proxy.url(), null)) {
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      served.publish(2);
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      assertThat(proxy.eventsAskedFor()).isOne();
    }
  }

  @Test
  void shouldSayHowManyAnswersItServed() throws Exception {
    served.publish(1);
    try (DeviceClient device = start("d1", served.url(), null)) {
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      assertThat(device.predictAll(List.of("a dog", "bread"))).hasSize(2);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(served.read(Topics.STAGE_REPORTS))
                      .filteredOn(stage -> stage.getStage().equals("device"))
                      .extracting(StageReport::getCounters)
                      .contains(Map.of("answers_served", 2L)));
    }
  }

  private ServedGateway gateway(Map<String, String> settings) {
    Pipeline pipeline = new Pipeline("it-" + PIPELINES.incrementAndGet());
    return new ServedGateway(
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
        pipeline,
        home.resolve(pipeline.name()),
        settings);
  }

  private DeviceClient start(String id, String url, @Nullable String token) throws IOException {
    return start(id, Gateway.at(url, token));
  }

  private DeviceClient start(String id, Gateway gateway) throws IOException {
    DeviceSettings settings =
        DeviceSettings.of(id, "glosses", "stable", TestFolders.ofOldDevice(home.resolve(id)));
    DeviceClient device = HttpDevice.open(settings, gateway);
    device.start();
    return device;
  }

  private List<DeviceReport> reports() {
    return served.read(Topics.DEVICE_REPORTS);
  }
}
