package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.local.Distillstream;
import io.distillstream.local.checkpoints.CheckpointHistory;
import io.distillstream.local.feed.LogFeed;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.scan.TopicScan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command {@code evaluate} on a whole pipeline with the real teacher. */
class EvaluateIT {

  private static final int TRAFFIC = 192;
  private static final int SCORED = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Where traffic, and whoever runs a model, would leave a trace. */
  private static final List<Topic<?>> TRACES =
      List.of(
          Topics.REQUESTS,
          Topics.GROUND_TRUTH,
          Topics.SOFT_LABELS,
          Topics.TRAINING_EXAMPLES,
          Topics.DEVICE_REPORTS);

  @TempDir private Path folder;

  @Test
  void shouldScoreAllThreeModelsAndTeachNothing() throws Exception {
    Path file = Files.writeString(folder.resolve("test.csv"), labelledGlosses());
    Path json = folder.resolve("new/report.json");
    Path html = folder.resolve("new/report.html");
    try (LocalPipeline pipeline =
        LocalPipeline.start(
            ServicePlan.embedded(Settings.load(AllSettings.list(), settings())), line -> {})) {
      learn(pipeline);
      Map<String, Long> before = records(pipeline);

      Outcome outcome =
          run(pipeline, file.toString(), "--json", json.toString(), "--html", html.toString());

      // On a slow machine it tells how far it is, and a pipeline beside it may log a warning.
      assertThat(outcome.err().lines())
          .allMatch(line -> line.matches("[0-9,]+ of [0-9,]+ texts scored|log messages go to .*"));
      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out().lines())
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(96))
          .anyMatch(line -> line.startsWith("  artifact less student"));
      assertReport(new ObjectMapper().readTree(json.toFile()));
      assertThat(Files.readString(html)).contains("Confusions of the teacher", "animal");
      assertThat(records(pipeline)).isEqualTo(before);

      Outcome stranger = run(pipeline, file.toString(), "--model", "nobody");
      assertThat(stranger.exitCode()).isZero();
      assertThat(stranger.out())
          .contains(
              "student left out: nobody has no checkpoint yet",
              "artifact left out: nothing is published on nobody/stable yet");
      Outcome nothing =
          run(pipeline, file.toString(), "--model", "nobody", "--only", "student,artifact");
      assertThat(nothing.exitCode()).isEqualTo(1);
      assertThat(nothing.err()).startsWith("error: There is nothing to score: student left out");
    }
  }

  private static void assertReport(JsonNode json) {
    assertThat(json.path("texts").asInt()).isEqualTo(SCORED + 1);
    assertThat(json.path("labelled").asInt()).isEqualTo(SCORED);
    assertThat(json.path("notes")).isEmpty();
    assertThat(json.at("/models/teacher/accuracy").asDouble()).isBetween(0.5, 1.0);
    for (String role : List.of("student", "artifact")) {
      JsonNode model = json.path("models").path(role);
      assertThat(model.path("texts").asInt()).isEqualTo(SCORED + 1);
      assertThat(model.path("mean_kl_from_teacher_nats").asDouble()).isPositive();
      assertThat(model.path("agreement_with_teacher").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(json.path("comparisons"))
        .extracting(comparison -> comparison.path("texts").asInt())
        .containsExactly(SCORED, SCORED);
  }

  /** Glosses that were never traffic; the last of them without its label. */
  private static String labelledGlosses() {
    StringBuilder csv = new StringBuilder("text,label\n");
    for (Gloss gloss : WordNetGlosses.load().heldOut().subList(0, SCORED)) {
      csv.append('"').append(gloss.text().replace("\"", "\"\"")).append("\",");
      csv.append(gloss.label()).append('\n');
    }
    return csv.append("a text without a label,\n").toString();
  }

  private Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("data.folder", folder.resolve("data").toString()),
        Map.entry("local.broker-port", "0"),
        Map.entry("local.registry-port", "0"),
        Map.entry("teacher.http.port", "0"),
        Map.entry("monitor.port", "0"),
        Map.entry("gateway.port", "0"),
        Map.entry("trainer.held-out.one-in", "0"),
        Map.entry("trainer.width", "32"),
        Map.entry("trainer.blocks", "1"),
        Map.entry("trainer.embedding-start", "random"),
        Map.entry("trainer.checkpoint-records", "96"),
        Map.entry("trainer.checkpoint-interval", "2s"),
        // How good so small a student is after so few texts is not asked here.
        Map.entry("quantizer.min-agreement", "0"),
        Map.entry("quantizer.max-size-ratio", "1"),
        Map.entry("quantizer.max-latency-ratio", "1000"));
  }

  /** Sends traffic and waits until a student has learned it all and an artifact is published. */
  private static void learn(LocalPipeline pipeline) {
    List<Gloss> glosses = WordNetGlosses.load().traffic();
    try (LogFeed feed =
        new LogFeed(pipeline.cluster().connection(), pipeline.cluster().pipeline())) {
      feed.send(
          IntStream.range(0, TRAFFIC)
              .mapToObj(i -> new TrafficItem("g-" + i, glosses.get(i).text(), Optional.empty()))
              .toList());
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              assertThat(
                      CheckpointHistory.read(
                              pipeline.cluster().connection(),
                              pipeline
                                  .context()
                                  .wire()
                                  .codec(Topics.CHECKPOINTS, pipeline.cluster().pipeline()),
                              "student")
                          .values())
                  .anyMatch(checkpoint -> checkpoint.getRecordsTrained() == TRAFFIC);
              assertThat(
                      pipeline
                          .report("quantizer")
                          .getCounters()
                          .getOrDefault("artifacts_published", 0L))
                  .isPositive();
            });
  }

  private static Map<String, Long> records(LocalPipeline pipeline) {
    Map<String, Long> records = new LinkedHashMap<>();
    try (TopicScan scan = new TopicScan(pipeline.cluster().connection())) {
      for (Topic<?> topic : TRACES) {
        AtomicLong count = new AtomicLong();
        String name = topic.in(pipeline.cluster().pipeline());
        scan.read(scan.whole(name), record -> count.incrementAndGet());
        records.put(name, count.get());
      }
    }
    return records;
  }

  private record Outcome(int exitCode, String out, String err) {}

  private Outcome run(LocalPipeline pipeline, String... arguments) {
    List<String> all = new ArrayList<>(List.of("evaluate"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--teacher-url", pipeline.teacherUrl()));
    Map.of(
            "cluster.bootstrap-servers", pipeline.cluster().connection().bootstrapServers(),
            "cluster.registry-url", pipeline.cluster().connection().registryUrl(),
            "data.folder", folder.resolve("evaluate").toString())
        .forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Distillstream.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return new Outcome(command.execute(all.toArray(String[]::new)), out.toString(), err.toString());
  }
}
