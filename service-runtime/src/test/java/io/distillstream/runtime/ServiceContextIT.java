package io.distillstream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.StageReport;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpServer;
import io.distillstream.runtime.http.ProbedService;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stage reports and the common endpoints, on a real broker. */
class ServiceContextIT {

  private static final Pipeline PIPELINE = new Pipeline("runtime-test");

  @TempDir static Path folder;

  private static EmbeddedCluster embedded;
  private static ServiceContext context;

  @BeforeAll
  static void start() {
    embedded = EmbeddedCluster.start(folder.resolve("kafka"));
    ClusterConnection cluster =
        new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl());
    context = ServiceContext.connect(PIPELINE, cluster, folder, "1");
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, context.wire(), PIPELINE);
    }
  }

  @AfterAll
  static void stop() {
    context.close();
    embedded.close();
  }

  @Test
  void shouldPublishWhatAStageCountsAndMeasures() {
    StageMetrics stage = context.stage("teacher");
    stage.counter("records_labelled", "Texts labelled.").increment(7);
    stage.gauge("queue_depth", "Texts that wait.", () -> 3.5);
    stage.gauge("not_known_yet", "Not known yet.", () -> Double.NaN);
    stage.note("teacher_version", "0123456789ab");
    StageReport report =
        awaitReport("teacher/1", candidate -> candidate.getNotes().containsKey("teacher_version"));

    assertThat(report.getCounters()).containsEntry("records_labelled", 7L);
    assertThat(report.getGauges()).containsEntry("queue_depth", 3.5).hasSize(1);
    assertThat(report.getNotes()).containsEntry("teacher_version", "0123456789ab");
  }

  @Test
  void shouldSayOfTheLastReportThatItIs() {
    ServiceContext closed = ServiceContext.connect(PIPELINE, context.cluster(), folder, "2");
    closed.stage("teacher").counter("records_labelled", "Texts labelled.").increment(9);
    awaitReport("teacher/2", report -> true);

    closed.close();

    StageReport last =
        awaitReport("teacher/2", report -> report.getNotes().containsKey(StageReporter.STOPPED));
    assertThat(last.getCounters()).containsEntry("records_labelled", 9L);
  }

  private static StageReport awaitReport(String key, Predicate<StageReport> wanted) {
    Codec<StageReport> codec = context.wire().codec(Topics.STAGE_REPORTS, PIPELINE);
    AtomicReference<@Nullable StageReport> found = new AtomicReference<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(context.cluster().readerProperties())) {
      TopicPartition partition = new TopicPartition(codec.topic(), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                for (ConsumerRecord<String, byte[]> record :
                    consumer.poll(Duration.ofMillis(100))) {
                  StageReport report = codec.decode(record.value());
                  if (record.key().equals(key) && wanted.test(report)) {
                    found.set(report);
                  }
                }
                return found.get() != null;
              });
    }
    return Objects.requireNonNull(found.get());
  }

  @Test
  void shouldServeHealthAndMetrics() throws Exception {
    Fragile service = new Fragile();
    context.stage("fragile").counter("records_labelled", "Texts labelled.").increment(2);
    context.stage("fragile").gauge("queue_depth", "Texts that wait.", () -> 1);
    try (HttpServer server =
        HttpServer.start(
            HttpListener.loopback("x", 0),
            List.of(service),
            context.reporter().registry(),
            c -> {})) {
      assertThat(get(server.port(), "/health/live").statusCode()).isEqualTo(200);
      service.healthy = false;
      assertThat(get(server.port(), "/health/live").statusCode()).isEqualTo(503);
      assertThat(get(server.port(), "/health/live").body()).isEqualTo("unhealthy: fragile");
      assertThat(get(server.port(), "/metrics").body())
          .contains("jvm_memory_used_bytes{area=\"heap\"", "process_cpu_usage")
          .contains("distillstream_records_labelled_total{stage=\"fragile\"} 2.0")
          .contains("# HELP distillstream_records_labelled_total Texts labelled.\n")
          .contains("# HELP distillstream_queue_depth Texts that wait.\n");
    }
  }

  @Test
  void shouldTellFiguresOfOneNameApartByTheirLabels() throws Exception {
    StageMetrics stage = context.stage("sorting");
    stage.counter("lost_red", "lost", Tags.of("colour", "red"), "Balls lost.").increment(2);
    stage.counter("lost_blue", "lost", Tags.of("colour", "blue"), "Balls lost.").increment();
    stage.gauge("kept", "kept", Tags.of("colour", "red"), "Balls kept.", () -> 5);
    stage.gauge("kept.blue", "kept", Tags.of("colour", "blue"), "Balls kept.", () -> 7);

    StageReport report = stage.report(Instant.now());
    assertThat(report.getCounters()).containsEntry("lost_red", 2L).containsEntry("lost_blue", 1L);
    assertThat(report.getGauges()).containsEntry("kept", 5.0).containsEntry("kept.blue", 7.0);
    assertThat(context.reporter().registry().scrape())
        .contains("distillstream_lost_total{colour=\"red\",stage=\"sorting\"} 2.0")
        .contains("distillstream_lost_total{colour=\"blue\",stage=\"sorting\"} 1.0")
        .contains("distillstream_kept{colour=\"red\",stage=\"sorting\"} 5.0")
        .contains("distillstream_kept{colour=\"blue\",stage=\"sorting\"} 7.0");
  }

  @Test
  void shouldAnswerTheProbesOfAServiceThatServesNothing() throws Exception {
    Fragile service = new Fragile();
    ProbedService probed = new ProbedService(service, HttpListener.loopback("x", 0), context);
    service.starting = () -> assertProbe(probed, "/health/ready", 503, "fragile (it is starting)");
    probed.start();
    assertProbe(probed, "/health/live", 200, "ok");
    assertProbe(probed, "/health/ready", 200, "ok");
    assertProbe(probed, "/metrics", 200, "# HELP distillstream_http_refused_total");
    service.healthy = false;
    assertProbe(probed, "/health/live", 503, "unhealthy: fragile");
    URI address = probed.address().orElseThrow();
    probed.close();
    assertThatThrownBy(() -> get(address.getPort(), "/health/live"))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void shouldGiveThePortBackWhereTheServiceDoesNotStart() {
    Fragile service = new Fragile();
    ProbedService probed = new ProbedService(service, HttpListener.loopback("x", 0), context);
    AtomicReference<@Nullable URI> address = new AtomicReference<>();
    service.starting =
        () -> {
          address.set(probed.address().orElseThrow());
          throw new IllegalStateException("no such model");
        };
    assertThatThrownBy(probed::start).hasMessage("no such model");
    assertThatThrownBy(() -> get(Objects.requireNonNull(address.get()).getPort(), "/health/live"))
        .isInstanceOf(ConnectException.class);
  }

  private static void assertProbe(ProbedService probed, String path, int status, String text) {
    try {
      HttpResponse<String> answer = get(probed.address().orElseThrow().getPort(), path);
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.body()).contains(text);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldRefuseAMetricWithoutHelp() {
    assertThatThrownBy(() -> context.stage("x").counter("unexplained", " "))
        .hasMessageContaining("unexplained has no help");
    assertThatThrownBy(
            () -> Gauge.builder("unexplained", () -> 1).register(context.reporter().registry()))
        .hasMessageContaining("unexplained has no help");
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static final class Fragile implements Service {

    private volatile boolean healthy = true;
    private Runnable starting = () -> {};

    @Override
    public String name() {
      return "fragile";
    }

    @Override
    public void start() {
      starting.run();
    }

    @Override
    public boolean healthy() {
      return healthy;
    }

    @Override
    public void close() {}
  }
}
