package io.distillstream.gateway.hawkbit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceReport;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.gateway.GatewayService;
import io.distillstream.gateway.GatewaySettings;
import io.distillstream.gateway.TestPublisher;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import io.distillstream.wire.update.ReportProducer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gateways that speak hawkBit's API, on a real broker, with a pipeline for each test. */
abstract class HawkbitGateways {

  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  @TempDir static Path clusterFolder;
  @TempDir Path data;
  private static EmbeddedCluster cluster;
  private final List<GatewayService> gateways = new ArrayList<>();
  private ServiceContext context;
  TestPublisher publisher;

  @BeforeAll
  static void startCluster() {
    cluster = EmbeddedCluster.start(clusterFolder);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void createTopics() {
    Pipeline pipeline = new Pipeline("hawkbit-" + PIPELINES.incrementAndGet());
    context =
        ServiceContext.connect(
            pipeline,
            new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
            data,
            "1");
    publisher = new TestPublisher(context.cluster(), context.wire(), pipeline, "labels");
  }

  @AfterEach
  void stop() {
    gateways.forEach(GatewayService::close);
    context.close();
  }

  static DdiClient client(GatewayService gateway) {
    return new DdiClient(gateway.address().orElseThrow(), "DEFAULT", "kiosk-7", "");
  }

  final GatewayService start(Map<String, String> more) {
    Map<String, String> values = new HashMap<>();
    values.put("gateway.port", "0");
    values.put("gateway.hawkbit.tenants", "DEFAULT=glosses/stable");
    values.putAll(more);
    GatewayService gateway =
        new GatewayService(
            GatewaySettings.from(Settings.load(GatewaySettings.all(), values)), context);
    gateway.start();
    gateways.add(gateway);
    await().atMost(PATIENCE).until(gateway::healthy);
    return gateway;
  }

  final void publish(long version, String artifact) {
    publisher.publish(version, artifact.getBytes(UTF_8), "a dog", List.of(1f, 2f));
  }

  /** As any gateway reports for the kiosk that it runs a version. */
  final void report(long version, Instant at) throws Exception {
    try (ReportProducer producer =
        new ReportProducer(
            context.cluster().producerProperties(), context.wire(), context.pipeline())) {
      producer
          .send(
              new UpdateReport(
                  "kiosk-7",
                  "glosses",
                  "stable",
                  version,
                  UpdateReport.Outcome.INSTALLED,
                  null,
                  ArrivalCounts.NONE,
                  0,
                  at))
          .get();
    }
  }

  static String awaitDeployment(DdiClient client, long version) {
    String end = "/deploymentBase/" + version;
    return await()
        .atMost(PATIENCE)
        .until(() -> client.link("deploymentBase").orElse(""), link -> link.endsWith(end));
  }

  static void assertOk(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
  }

  final List<DeviceReport> reports() {
    return read(Topics.DEVICE_REPORTS);
  }

  final <T extends SpecificRecord> List<T> read(Topic<T> topic) {
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

  static String text(HttpResponse<byte[]> answer) {
    return text(answer.body());
  }

  static String text(byte[] body) {
    return new String(body, UTF_8);
  }
}
