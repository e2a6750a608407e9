package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.avro.StageReport;
import io.distillstream.monitor.view.TestRecords;
import io.distillstream.monitor.view.WatchedStage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the topics of a real broker to JSON, events and metrics. */
class MonitorServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path folder;
  private static WatchedPipeline watched;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    watched = new WatchedPipeline(folder);
    watched.keepStagesRunning();
    watched.send(TestRecords.checkpoint(1, 1_000, 0.61, 0.9));
    watched.send(
        TestRecords.withLegs(
            TestRecords.heldOut(TestRecords.checkpoint(2, 2_000, 0.68, 0.7), 0.625, 0.75),
            1_000,
            Instant.now()));
    watched.send(
        TestRecords.compared(TestRecords.update(2, 2_000, 0.68, Instant.now()), 1, 0.0078125));
    watched.send(TestRecords.refused(2, 2_000, 1, Instant.now()));
    watched.send(TestRecords.installed("d1", 2, Instant.now(), Duration.ofSeconds(12), 1_000));
    watched.sendDeadLetter("not Avro");
    watched.leaveWaiting(WatchedStage.TEACHER, 30, 7);
    watched.leaveWaiting(WatchedStage.TRAINER, 20, 0);
  }

  @AfterAll
  static void stop() {
    watched.close();
  }

  @Test
  void shouldTellTheStateOfThePipeline() {
    await().atMost(PATIENCE).until(() -> status().at("/connected").asBoolean());
    for (String stage : List.of("/stages/0", "/stages/1")) {
      await().atMost(PATIENCE).until(() -> status().at(stage + "/rate_per_second").asDouble() > 0);
    }
    await().atMost(PATIENCE).until(() -> status().at("/versions/0/devices").asLong() == 1);
    await().atMost(PATIENCE).until(() -> status().at("/dead_letters/count").asLong() == 1);

    JsonNode status = status();

    assertThat(status.at("/pipeline").asText()).isEqualTo("demo");
    assertThat(status.at("/stages/0/name").asText()).isEqualTo("teacher");
    assertThat(status.at("/stages/0/state").asText()).isEqualTo("running");
    assertThat(status.at("/stages/0/rate_per_second").asDouble()).isBetween(40.0, 160.0);
    assertThat(status.at("/stages/0/notes/teacher_version").asText()).isEqualTo("5d9cfc4a4a0d");
    assertThat(status.at("/stages/1/state").asText()).isEqualTo("running");
    assertThat(status.at("/stages/1/rate_per_second").asDouble()).isBetween(40.0, 160.0);
    assertThat(status.at("/training/records_trained").asLong()).isEqualTo(2_000);
    assertThat(status.at("/training/agreement").asDouble()).isEqualTo(0.7834);
    assertThat(status.at("/training/averaged_agreement").asDouble()).isEqualTo(0.8012);
    assertThat(status.at("/training/averaged_kl").asDouble()).isEqualTo(0.387);
    assertThat(status.at("/versions/0/version").asLong()).isEqualTo(2);
    assertThat(status.at("/versions/0/agreement_with_fp32").asDouble()).isEqualTo(0.9961);
    assertThat(status.at("/versions/0/averaged_agreement").asDouble())
        .isCloseTo(0.70, within(1e-12));
    assertThat(status.at("/versions/0/devices").asLong()).isEqualTo(1);
    assertThat(status.at("/freshness/overall/p95").asDouble()).isEqualTo(12.0);
    assertThat(status.at("/dead_letters/count").asLong()).isEqualTo(1);
    assertThat(status.at("/dead_letters/latest/0/topic").asText()).isEqualTo("demo.requests");
    assertThat(status.at("/dead_letters/latest/0/error").asText()).isEqualTo("not Avro");
  }

  @Test
  void shouldTellWhereTheTimeGoesAndHowTheObjectiveIsKept() throws Exception {
    await()
        .atMost(PATIENCE)
        .until(() -> status().at("/freshness/legs/overall/0/records").asLong() == 1_000);

    JsonNode freshness = status().at("/freshness");

    assertThat(freshness.at("/legs/overall").findValuesAsText("leg"))
        .containsExactly(
            "labelled", "joined", "trained", "checkpointed", "quantized", "published", "installed");
    assertThat(freshness.at("/legs/overall/2/mean").asDouble()).isEqualTo(3);
    assertThat(freshness.at("/objective/objective").asText()).isEqualTo("95% < 1m");
    assertThat(freshness.at("/objective/late").asLong(-1)).isZero();
    assertThat(freshness.at("/objective/budget_left").asDouble()).isEqualTo(1);
    assertThat(watched.get("/metrics").body())
        .contains("distillstream_freshness_seconds_bucket{le=\"10.0\"} 0\n")
        .contains("distillstream_freshness_seconds_bucket{le=\"60.0\"} 1000\n")
        .contains("distillstream_freshness_seconds_sum 12000.0\n")
        .contains("distillstream_freshness_leg_seconds_count{leg=\"joined\"} 1000\n")
        .contains("distillstream_freshness_leg_seconds_sum{leg=\"joined\"} 2000.0\n")
        .contains("distillstream_pipeline_slo_freshness_budget_left_ratio 1.0\n");
  }

  @Test
  void shouldMeasureTheLagOfEachGroup() {
    // The lag is asked for now and then; the first answers may be from before the records.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(status().at("/stages/0/lag").asLong(-1)).isEqualTo(7);
              assertThat(status().at("/stages/0/lag_seconds").asDouble()).isPositive();
              assertThat(status().at("/stages/2/lag").asLong(-1)).isZero();
              assertThat(status().at("/stages/2/lag_seconds").asDouble(-1)).isZero();
              // The quantizer's group has committed nothing: both checkpoints are waiting.
              assertThat(status().at("/stages/3/lag").asLong(-1)).isEqualTo(2);
            });
  }

  @Test
  void shouldTellTheLagOfOtherGroupsAsLongAsTheyExist() throws Exception {
    watched.commit("other-audit", "demo.requests", 18);
    await().atMost(PATIENCE).until(() -> group("other-audit").at("/lag/records").asLong() == 12);

    JsonNode partition = group("other-audit").at("/topics/0/partitions/0");
    assertThat(partition.at("/committed").asLong()).isEqualTo(18);
    assertThat(partition.at("/latest").asLong()).isEqualTo(30);
    assertThat(partition.at("/lag/exact").asBoolean()).isTrue();
    String labels =
        "{cluster_name=\"it\",group=\"other-audit\",partition=\"0\",topic=\"demo.requests\"}";
    assertThat(watched.get("/metrics").body())
        .contains("kafka_consumergroup_group_lag" + labels + " 12.0")
        .contains("kafka_consumergroup_group_offset" + labels + " 18.0")
        .contains("kafka_consumergroup_group_lag_seconds" + labels)
        .contains("distillstream_consumergroup_lag_exact" + labels + " 1.0")
        .contains("distillstream_consumergroup_lost_records" + labels + " 0.0")
        .contains(
            "kafka_consumergroup_group_max_lag{cluster_name=\"it\",group=\"other-audit\"} 12.0")
        .contains("kafka_consumergroup_group_max_lag_seconds{cluster_name=\"it\",group=\"other-")
        .contains("kafka_consumergroup_group_sum_lag{cluster_name=\"it\",group=\"other-audit\"} 12")
        .contains(
            "kafka_consumergroup_group_topic_sum_lag{cluster_name=\"it\",group=\"other-audit\","
                + "topic=\"demo.requests\"} 12.0")
        .contains(
            "kafka_partition_latest_offset{cluster_name=\"it\",partition=\"0\","
                + "topic=\"demo.requests\"} 30.0")
        .contains("kafka_partition_earliest_offset{cluster_name=\"it\",partition=\"0\",")
        .contains("kafka_consumergroup_poll_time_ms{cluster_name=\"it\"}");

    watched.deleteGroup("other-audit");

    await().atMost(PATIENCE).until(() -> group("other-audit").isMissingNode());
    await().atMost(PATIENCE).until(() -> !watched.get("/metrics").body().contains("other-audit"));
  }

  @Test
  void shouldKeepTheCurves() {
    await().atMost(PATIENCE).until(() -> history().at("/training/records").size() == 2);

    assertThat(history().at("/training/agreement").toString()).isEqualTo("[0.61,0.68]");
    assertThat(history().at("/training/averaged_agreement/1").asDouble())
        .isCloseTo(0.70, within(1e-12));
    assertThat(history().at("/training/averaged_kl/1").asDouble()).isCloseTo(0.65, within(1e-12));
    assertThat(history().at("/training/accuracy").toString()).isEqualTo("[null,null]");
    assertThat(history().at("/freshness/p95").toString()).isEqualTo("[12.0]");
  }

  @Test
  void shouldTellHowGoodTheStudentIsAndWhatWasRefused() {
    await().atMost(PATIENCE).until(() -> status().at("/refused").size() == 1);
    await().atMost(PATIENCE).until(() -> history().at("/refused").size() == 1);

    JsonNode status = status();

    assertThat(status.at("/training/held_out/published/agreement").asDouble()).isEqualTo(0.625);
    assertThat(status.at("/training/held_out/published/teacher_ece").asDouble()).isEqualTo(0.032);
    assertThat(status.at("/training/held_out/newest/records").asInt()).isEqualTo(500);
    assertThat(status.at("/training/held_out/newest/accuracy").isNull()).isTrue();
    assertThat(status.at("/training/held_out/labels")).hasSize(16);
    assertThat(status.at("/training/replayed_trained").asLong()).isEqualTo(1_800);
    assertThat(status.at("/training/held_out_records").asLong()).isEqualTo(100);
    assertThat(status.at("/versions/0/incumbent/lower_bound").asDouble())
        .isCloseTo(-0.0001875, within(1e-12));
    assertThat(status.at("/refused/0/incumbent/difference").asDouble()).isEqualTo(-0.04);
    assertThat(status.at("/refused/0/records_trained").asLong()).isEqualTo(2_000);
    assertThat(status.at("/events/0/kind").asText()).isEqualTo("refused");
    assertThat(status.at("/events/0/channel").asText()).isEqualTo("stable");
    assertThat(status.at("/events/0/details/looks").asDouble()).isEqualTo(2);
    assertThat(status.at("/event_counts/refused").asLong()).isEqualTo(1);
    assertThat(history().at("/training/held_out_agreement").toString()).isEqualTo("[null,0.625]");
    assertThat(history().at("/training/held_out_newest_kl/1").asDouble()).isEqualTo(0.76);
    assertThat(history().at("/refused/0/version").asLong()).isEqualTo(2);
  }

  @Test
  void shouldStreamHistoryFirstAndThenAStatusEachSecond() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(watched.address("/api/stream"))
            .header("Accept", "text/event-stream")
            .timeout(PATIENCE)
            .build();
    List<String> events = new ArrayList<>();
    try (Stream<String> lines = http.send(request, BodyHandlers.ofLines()).body()) {
      Iterator<String> line = lines.iterator();
      while (events.stream().filter("event: status"::equals).count() < 3) {
        String next = line.next();
        if (next.startsWith("event:")) {
          events.add(next);
        }
      }
    }

    assertThat(events.get(0)).isEqualTo("event: history");
  }

  @Test
  void shouldGivePrometheusTheSameFigures() throws Exception {
    await().atMost(PATIENCE).until(() -> status().at("/stages/0/lag").isNumber());
    await().atMost(PATIENCE).until(() -> status().at("/refused").size() == 1);
    String metrics = watched.get("/metrics").body();
    assertThat(metrics.lines().filter(line -> line.startsWith("# HELP")))
        .isNotEmpty()
        .allMatch(line -> line.matches("# HELP \\w+ \\S.*"));
    assertThat(metrics)
        .contains("distillstream_pipeline_lag_records{stage=\"teacher\"} 7.0")
        .contains("distillstream_pipeline_freshness_seconds{percentile=\"95\",window=\"all\"} 12.0")
        .contains("distillstream_pipeline_published_version 2.0")
        .contains("distillstream_pipeline_prequential_agreement 0.7834")
        .contains("distillstream_pipeline_prequential_averaged_agreement 0.8012")
        .contains("distillstream_pipeline_prequential_averaged_kl 0.387")
        .contains("distillstream_pipeline_dead_letters 1.0")
        .contains("distillstream_pipeline_held_out_agreement{weights=\"published\"} 0.625")
        .contains("distillstream_pipeline_held_out_kl{weights=\"newest\"} 0.76")
        .contains("distillstream_pipeline_held_out_ece{weights=\"newest\"} NaN")
        .contains("distillstream_pipeline_held_out_worst_class_agreement 0.475")
        .contains("distillstream_pipeline_records_replayed 1800.0")
        .contains("distillstream_pipeline_records_held_out 100.0")
        .contains("distillstream_pipeline_incumbent_difference{candidate=\"refused\"} -0.04")
        .contains("distillstream_pipeline_incumbent_margin{candidate=\"published\"} 0.01")
        .contains("distillstream_pipeline_refused_version 2.0")
        .contains("distillstream_pipeline_training_events{kind=\"refused\"} 1.0")
        .contains("distillstream_pipeline_training_events{kind=\"drift\"} 0.0");
  }

  @Test
  void shouldTellTheSameAfterARestart() {
    await().atMost(PATIENCE).until(() -> history().at("/freshness/at").size() == 1);
    for (String part : List.of("/versions", "/refused", "/events", "/dead_letters/latest")) {
      await().atMost(PATIENCE).until(() -> status().at(part).size() == 1);
    }
    JsonNode history = history();
    JsonNode told = told();

    watched.restartMonitor(() -> {});

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(history()).isEqualTo(history));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(told()).isEqualTo(told));
  }

  @Test
  void shouldNotCallAnInstanceRunningThatDiedBeforeTheStart() {
    StageReport dead =
        new StageReport(
            "teacher",
            "dead",
            Instant.now().minusSeconds(20),
            Map.of("left_behind", 7L),
            Map.of(),
            Map.of());

    watched.restartMonitor(() -> watched.send(dead));

    JsonNode teacher =
        await()
            .atMost(PATIENCE)
            .until(
                () -> status().at("/stages/0"), it -> it.at("/counters/left_behind").asLong() == 7);
    assertThat(teacher.at("/instances").asInt()).isLessThan(2);
  }

  /** What does not go on by itself. */
  private static JsonNode told() {
    return ((ObjectNode) status())
        .retain("versions", "refused", "events", "event_counts", "devices", "dead_letters");
  }

  @Test
  void shouldServeThePageFromItself() throws Exception {
    HttpResponse<String> page = watched.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
    assertThat(page.body()).doesNotContain("https://").doesNotContain("//cdn");
    assertThat(watched.get("/assets/uplot.js").body()).contains("uPlot");
    assertThat(watched.get("/health/live").body()).isEqualTo("ok");
  }

  private static JsonNode group(String id) {
    for (JsonNode group : status().at("/groups")) {
      if (group.at("/group").asText().equals(id)) {
        return group;
      }
    }
    return MissingNode.getInstance();
  }

  private static JsonNode status() {
    return watched.json("/api/status");
  }

  private static JsonNode history() {
    return watched.json("/api/history");
  }
}
