package io.distillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.foundation.Sha256;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the topics to what devices read, and from devices to the topics, on a real broker. */
class GatewayServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final AtomicInteger PIPELINES = new AtomicInteger();
  private static final String MANIFEST = "/v1/models/glosses/stable/manifest.json";
  private static final String REPORT =
      """
      {"device_id":"d1","model":"glosses","channel":"stable","version":7,"outcome":"REJECTED",
       "reason":"damaged","arrivals":{"starts_millis":[1000],"counts":[3]},"answers_served":42,
       "at":"2026-03-01T12:00:00.123Z"}\
      """;

  @TempDir static Path clusterFolder;
  @TempDir Path data;
  private static EmbeddedCluster cluster;
  private final HttpClient http = HttpClient.newHttpClient();
  private ServiceContext context;
  private TestPublisher publisher;
  private GatewayService gateway;

  @BeforeAll
  static void startCluster() {
    cluster = EmbeddedCluster.start(clusterFolder.resolve("first"));
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void start() {
    Pipeline pipeline = new Pipeline("it-" + PIPELINES.incrementAndGet());
    context =
        ServiceContext.connect(
            pipeline,
            new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
            data,
            "1");
    publisher = new TestPublisher(context.cluster(), context.wire(), pipeline, "labels");
    gateway = started();
  }

  @AfterEach
  void stop() {
    gateway.close();
    context.close();
  }

  @Test
  void shouldServeWhatIsPublished() throws Exception {
    await().atMost(PATIENCE).until(gateway::healthy);
    assertThat(get(MANIFEST).statusCode()).isEqualTo(404);

    publish(1, "first");
    await().atMost(PATIENCE).until(() -> get(MANIFEST).statusCode() == 200);

    UpdateManifest manifest = manifest();
    assertThat(manifest.version()).isEqualTo(1);
    assertThat(manifest.probes().get(0).logits()).containsExactly(1f, 2f);
    assertThat(get("/v1/artifacts/" + manifest.artifact().sha256()).body()).isEqualTo("first");
    assertThat(get("/v1/models").body()).contains("\"version\":1");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("/metrics").body())
                    .contains("distillstream_gateway_served_bytes_total{stage=\"gateway\"} 5.0")
                    .contains("distillstream_gateway_streams{stage=\"gateway\"} 0.0")
                    .contains("distillstream_gateway_stored_bytes{stage=\"gateway\"} 5.0"));
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldKeepTheNewestVersionsAndTheirFilesAlone() throws Exception {
    for (long version = 1; version <= 10; version++) {
      publish(version, "model " + version);
    }
    await().atMost(PATIENCE).until(() -> get(MANIFEST).statusCode() == 200);
    await().atMost(PATIENCE).until(() -> manifest().version() == 10);

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(files()).hasSize(8));
    assertThat(get("/v1/artifacts/" + sha256("model 10")).body()).isEqualTo("model 10");
    assertThat(get("/v1/artifacts/" + sha256("model 3")).body()).isEqualTo("model 3");
    assertThat(get("/v1/artifacts/" + sha256("model 2")).statusCode()).isEqualTo(404);
    assertThat(get("/v1/models/glosses/stable/versions.json").body())
        .containsSubsequence("\"version\":3", "\"version\":9", "\"version\":10")
        .doesNotContain("\"version\":2,");
  }

  @Test
  void shouldNotOfferAnArtifactThatIsNotWhatItsManifestSays() throws Exception {
    publish(1, "sound");
    await().atMost(PATIENCE).until(() -> get(MANIFEST).statusCode() == 200);

    publisher.publish(2, bytes("damaged"), bytes("promised"), "a dog", List.of(1f, 2f));
    publish(3, "sound again");

    await().atMost(PATIENCE).until(() -> manifest().version() == 3);
    assertThat(get("/v1/artifacts/" + sha256("promised")).statusCode()).isEqualTo(404);
    assertThat(get("/v1/artifacts/" + sha256("damaged")).statusCode()).isEqualTo(404);
    assertThat(get("/v1/models/glosses/stable/versions.json").body())
        .doesNotContain("\"version\":2");
  }

  @Test
  void shouldServeTheSameAfterARestart() throws Exception {
    publish(1, "first");
    await().atMost(PATIENCE).until(() -> get(MANIFEST).statusCode() == 200);
    String before = get(MANIFEST).body();

    gateway.close();
    gateway = started();

    await().atMost(PATIENCE).until(gateway::healthy);
    assertThat(get(MANIFEST).body()).isEqualTo(before);
    assertThat(get("/v1/artifacts/" + sha256("first")).body()).isEqualTo("first");
  }

  @Test
  void shouldWriteWhatDevicesSayToTheTopics() throws Exception {
    assertThat(post("/v1/reports", REPORT).statusCode()).isEqualTo(204);
    assertThat(
            post(
                    "/v1/status",
                    """
                    {"device_id":"d1","at":"2026-03-01T12:00:00Z","answers_served":5,
                     "installed_version":7}\
                    """)
                .statusCode())
        .isEqualTo(204);

    List<DeviceReport> reports = read(Topics.DEVICE_REPORTS);
    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).getDeviceId()).isEqualTo("d1");
    assertThat(reports.get(0).getEvent()).isEqualTo(DeviceEvent.REJECTED);
    assertThat(reports.get(0).getReason()).isEqualTo("damaged");
    assertThat(reports.get(0).getEventTimes().getCounts()).containsExactly(3L);
    assertThat(read(Topics.STAGE_REPORTS))
        .filteredOn(report -> report.getStage().equals("device"))
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.getInstance()).isEqualTo("d1");
              assertThat(report.getCounters()).containsEntry("answers_served", 5L);
            });
    assertThat(get("/metrics").body())
        .contains("distillstream_gateway_reports_total{stage=\"gateway\"} 1.0")
        .contains("distillstream_gateway_statuses_total{stage=\"gateway\"} 1.0");
  }

  @Test
  void shouldNameTheFieldOfAReportThatIsAtFault() throws Exception {
    HttpResponse<String> answer =
        post("/v1/reports", REPORT.replace("\"version\":7", "\"version\":\"seven\""));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("Expected a whole number from 1 to 1099511627776 in 'version', found a string")
        .contains("\"field\":\"version\"");
    assertThat(post("/v1/reports", "{").statusCode()).isEqualTo(400);
    assertThat(post("/v1/status", "[]").body()).contains("Expected an object, found an array");
    assertThat(read(Topics.DEVICE_REPORTS)).isEmpty();
  }

  @Test
  void shouldGoOnServingAndTakeNoReportsWhileTheClusterIsAway() throws Exception {
    publish(1, "first");
    await().atMost(PATIENCE).until(() -> get(MANIFEST).statusCode() == 200);
    stopCluster();
    try {
      await().atMost(PATIENCE).until(() -> context.hindrance().isPresent());

      HttpResponse<String> refused = post("/v1/reports", REPORT);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("10");
      assertThat(refused.body()).contains("the Kafka cluster does not answer");
      assertThat(manifest().version()).isEqualTo(1);
      assertThat(get("/v1/artifacts/" + sha256("first")).body()).isEqualTo("first");
      assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    } finally {
      cluster = EmbeddedCluster.start(clusterFolder.resolve("another"));
    }
  }

  private GatewayService started() {
    Settings settings = Settings.load(GatewaySettings.all(), Map.of("gateway.port", "0"));
    GatewayService service = new GatewayService(GatewaySettings.from(settings), context);
    service.start();
    return service;
  }

  private void publish(long version, String artifact) {
    publisher.publish(version, bytes(artifact), "a dog", List.of(1f, 2f));
  }

  private UpdateManifest manifest() throws Exception {
    return ManifestJson.read(bytes(get(MANIFEST).body()));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return gateway.address().orElseThrow().resolve(path);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("gateway").resolve("files"))) {
      return files.toList();
    }
  }

  private <T extends SpecificRecord> List<T> read(Topic<T> topic) {
    Codec<T> codec = context.wire().codec(topic, context.pipeline());
    List<T> records = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(scan.whole(codec.topic()), record -> records.add(decoded(codec, record.value())));
    }
    return records;
  }

  private static <T extends SpecificRecord> T decoded(Codec<T> codec, byte[] value) {
    try {
      return codec.decode(value);
    } catch (UndecodableRecordException e) {
      throw new AssertionError(e);
    }
  }

  private static String sha256(String artifact) {
    return Sha256.hex(bytes(artifact));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
