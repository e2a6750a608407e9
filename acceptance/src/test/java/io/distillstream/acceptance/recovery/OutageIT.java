package io.distillstream.acceptance.recovery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.TrainingExample;
import io.distillstream.foundation.Sha256;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.checkpoints.CheckpointHistory;
import io.distillstream.local.services.RunningServices;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.TopicScan;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every stage in one process, and a cluster that goes away for longer than its clients wait. */
class OutageIT {
  private static final int HALF = 200;
  private static final int STAGES = ServiceKind.values().length;
  private static final String MODEL = "student";
  private static final Duration OUTAGE = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void shouldWaitForTheClusterAndGoOnWithoutLosingOrRepeatingAnything(@TempDir Path folder)
      throws Exception {
    try (ClusterProcess cluster = new ClusterProcess(folder)) {
      ServicePlan plan = plan(folder, cluster);
      try (RunningServices services = RunningServices.start(plan, line -> {})) {
        URI teacher = requireNonNull(services.addresses().get("teacher"));
        GlossTraffic.send(plan.cluster(), 0, HALF);
        await().atMost(PATIENCE).until(() -> trained(plan) >= HALF / 2);

        cluster.kill();
        long gone = System.nanoTime();
        assertUnavailable(teacher);
        assertThat(answers(services, "/health/live")).hasSize(STAGES).containsOnly(200);
        while (System.nanoTime() - gone < OUTAGE.toNanos()) {
          services.requireAlive();
          TimeUnit.SECONDS.sleep(1);
        }
        // The gateway goes on serving what it has, and the tap answers.
        assertThat(answers(services, "/health/ready"))
            .containsExactlyInAnyOrder(503, 503, 503, 503, 503, 503, 200, 200);
        assertThat(predict(teacher).statusCode()).isEqualTo(503);

        cluster.startAgain();
        await()
            .atMost(PATIENCE)
            .until(
                () -> answers(services, "/health/ready").equals(Collections.nCopies(STAGES, 200)));
        GlossTraffic.send(plan.cluster(), HALF, 2 * HALF);
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  int examples = examples(plan).size();
                  return examples >= 2 * HALF && trained(plan) >= examples;
                });
        services.requireAlive();
      }
      // What was asked over HTTP and not answered may have been recorded, or not.
      List<String> examples = examples(plan);
      assertThat(examples).doesNotHaveDuplicates();
      assertThat(examples)
          .containsAll(IntStream.range(0, 2 * HALF).mapToObj(GlossTraffic::id).toList());
      Checkpoint newest = newest(plan).orElseThrow();
      assertThat(newest.getRecordsTrained()).isEqualTo(examples.size());
      assertThat(newest.getLineageDigest())
          .isEqualTo(examples.stream().mapToLong(Sha256::leadingLong).sum());
    }
  }

  /** The request id of every example; truth that an outage made late may correct it later. */
  private static List<String> examples(ServicePlan plan) {
    List<String> ids = new ArrayList<>();
    try (TopicScan scan = new TopicScan(plan.cluster().connection());
        WireFormat wire = new WireFormat(plan.cluster().connection())) {
      Codec<TrainingExample> codec =
          wire.codec(Topics.TRAINING_EXAMPLES, plan.cluster().pipeline());
      scan.read(
          scan.whole(codec.topic()),
          record -> {
            if (!decoded(codec, record.value()).getCorrection()) {
              ids.add(record.key());
            }
          });
    }
    return ids;
  }

  private static TrainingExample decoded(Codec<TrainingExample> codec, byte[] value) {
    try {
      return codec.decode(value);
    } catch (UndecodableRecordException e) {
      throw new AssertionError(e);
    }
  }

  private static ServicePlan plan(Path folder, ClusterProcess cluster) {
    Map<String, String> values =
        Map.ofEntries(
            Map.entry("pipeline.name", "outage-test"),
            Map.entry("cluster.bootstrap-servers", cluster.bootstrapServers()),
            Map.entry("cluster.registry-url", cluster.registryUrl()),
            Map.entry("data.folder", folder.resolve("data").toString()),
            Map.entry("teacher.http.port", "0"),
            Map.entry("teacher.http.answer-within", "3s"),
            Map.entry("monitor.port", "0"),
            Map.entry("gateway.port", "0"),
            Map.entry("tap.port", "0"),
            Map.entry("tap.upstream", "http://127.0.0.1:9"),
            Map.entry("joiner.http.port", "0"),
            Map.entry("trainer.http.port", "0"),
            Map.entry("quantizer.http.port", "0"),
            Map.entry("signer.http.port", "0"),
            Map.entry("trainer.width", "32"),
            Map.entry("trainer.blocks", "1"),
            Map.entry("trainer.embedding-start", "random"),
            Map.entry("trainer.checkpoint-records", "50"),
            Map.entry("trainer.checkpoint-interval", "1s"),
            Map.entry("trainer.held-out.one-in", "0"));
    return ServicePlan.of(
        EnumSet.allOf(ServiceKind.class), Settings.load(AllSettings.list(), values));
  }

  private static long trained(ServicePlan plan) {
    return newest(plan).map(Checkpoint::getRecordsTrained).orElse(0L);
  }

  private static Optional<Checkpoint> newest(ServicePlan plan) {
    ClusterConnection connection = plan.cluster().connection();
    try (WireFormat wire = new WireFormat(connection.registryUrl())) {
      return Optional.ofNullable(
              CheckpointHistory.read(
                      connection, wire.codec(Topics.CHECKPOINTS, plan.cluster().pipeline()), MODEL)
                  .lastEntry())
          .map(Map.Entry::getValue);
    }
  }

  /** Within the bound, and with a time at which to ask again. */
  private void assertUnavailable(URI teacher) throws Exception {
    long asked = System.nanoTime();
    HttpResponse<String> response = predict(teacher);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
  }

  private HttpResponse<String> predict(URI teacher) throws Exception {
    return client.send(
        HttpRequest.newBuilder(teacher.resolve("/v1/predict"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"a small dog\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** What each stage answers to a probe. */
  private List<Integer> answers(RunningServices services, String path) throws Exception {
    List<Integer> answers = new ArrayList<>();
    for (URI stage : services.addresses().values()) {
      HttpRequest probe = HttpRequest.newBuilder(stage.resolve(path)).build();
      answers.add(client.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode());
    }
    return answers;
  }
}
