package io.distillstream.teacher.traffic;

import static io.distillstream.openai.ScriptedUpstream.plain;
import static io.distillstream.teacher.openai.ChatAnswer.scored;
import static io.distillstream.teacher.openai.ChatAnswer.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TopKLogits;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.openai.ScriptedUpstream;
import io.distillstream.openai.ScriptedUpstream.Script;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.http.TeacherClient;
import io.distillstream.teacher.openai.ChatAnswer;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The labelling stage on a real broker, before a scripted language model. */
@Timeout(120)
@ExtendWith(SharedCluster.class)
class OpenAiTeacherIT {

  private static final Offset<Double> HALF = within(2e-3);
  private static final Pattern METRIC =
      Pattern.compile("(distillstream_teacher_upstream_\\w+)[ {]");

  /** Knows of sport, and has something else to say beside. */
  private static final Script MODEL =
      (asked, out) ->
          plain(
              out,
              200,
              "",
              asked.body().contains("ball")
                  ? scored(token("Sport", 0.5, "The", 0.3, " sport", 0.1, "trade", 0.05))
                  : scored(token("art", 0.6, "trade", 0.2, "sp", 0.15)));

  @TempDir static Path folder;
  private final EmbeddedCluster cluster;
  private final ScriptedUpstream model = new ScriptedUpstream();
  private TestedPipeline traffic;

  OpenAiTeacherIT(EmbeddedCluster cluster) throws IOException {
    this.cluster = cluster;
  }

  @BeforeEach
  void connect() {
    traffic = new TestedPipeline(cluster, folder);
    model.play(MODEL);
  }

  @AfterEach
  void disconnect() throws IOException {
    traffic.close();
    model.close();
  }

  @Test
  void shouldAnswerWithAndPublishTheProbabilitiesOfTheLabels() throws Exception {
    try (TeacherService service = service(Map.of())) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());

      JsonNode said = predict(client, "a ball", "b-1");
      assertThat(said.path("label").asText()).isEqualTo("sport");
      assertThat(said.path("teacher_id").asText()).isEqualTo("scripted");
      // Of 0.6, 0.05 and, for the label that is no alternative, at most 0.05.
      assertThat(said.path("probability").asDouble()).isCloseTo(0.6 / 0.7, HALF);
      assertThat(said.path("probabilities").path("art").asDouble()).isCloseTo(0.05 / 0.7, HALF);
      predict(client, "a statue", "s-1");
      traffic.send("log-1", "a ball in the log");
      traffic.awaitSoftLabelsOf(List.of("b-1", "s-1", "log-1"));

      SoftLabel ball = softLabel("b-1");
      assertThat(ball.getTeacherVersion()).isEqualTo(said.path("teacher_version").asText());
      TopKCodec.Decoded known = TopKCodec.decode((TopKLogits) ball.getDistribution(), 1);
      assertThat(known.indices()).containsExactly(0, 1);
      assertThat(Math.exp(known.logits()[0])).isCloseTo(0.6, HALF);
      assertThat(Math.exp(known.logits()[1])).isCloseTo(0.05, HALF);
      assertThat(Math.exp(known.tailLogMass()[0])).isCloseTo(0.05, HALF);
      float[] statue = LogitsCodec.decode((DenseLogits) softLabel("s-1").getDistribution(), 1);
      assertThat(Math.exp(statue[0])).isCloseTo(0.15, HALF);
      assertThat(Math.exp(statue[2])).isCloseTo(0.6, HALF);

      assertThat(shown(client)).isEqualTo(listed());
    }
  }

  @Test
  void shouldLoseNothingWhileTheModelIsAway() throws Exception {
    Map<String, String> impatient =
        Map.of(
            "teacher.openai.attempts", "1",
            "teacher.openai.max-retry-pause", "1s",
            "teacher.openai.breaker-calls", "1000");
    try (TeacherService service = service(impatient)) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());
      List<String> sent = new ArrayList<>();
      sent.add(traffic.send("before", "a ball before"));
      traffic.awaitSoftLabelsOf(sent);

      model.play((asked, out) -> plain(out, 503, "Retry-After: 1\r\n", "{}"));
      for (int i = 0; i < 20; i++) {
        sent.add(traffic.send("during-" + i, "a ball " + i));
      }
      await().until(() -> service.hindrance().isPresent());
      HttpResponse<String> refused =
          client.post("/v1/predict", "{\"text\": \"a ball\", \"record\": false}");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(refused.body()).contains("The teacher cannot answer just now");
      assertThat(service.alive()).isTrue();
      await().until(() -> !service.healthy());

      model.play(MODEL);
      traffic.awaitSoftLabelsOf(sent);
      assertThat(traffic.read(traffic.pipeline.deadLetters())).isEmpty();
      await().until(service::healthy);
      sent.add("after");
      predict(client, "a ball again", "after");
      traffic.awaitSoftLabelsOf(sent);
    }
  }

  @Test
  void shouldSendTextsThatTheModelRefusesToTheDeadLetters() throws Exception {
    model.play(
        (asked, out) -> {
          if (asked.body().contains("forbidden")) {
            plain(out, 400, "", "{\"error\":{\"message\":\"filtered\"}}");
          } else if (asked.body().contains("small talk")) {
            plain(out, 200, "", scored(token("Hello", 0.999)));
          } else {
            MODEL.answer(asked, out);
          }
        });
    try (TeacherService service = service(Map.of())) {
      service.start();
      traffic.send("bad", "forbidden");
      traffic.send("talk", "small talk");
      traffic.send("good", "a ball");
      traffic.awaitSoftLabelsOf(List.of("good"));
      await()
          .untilAsserted(
              () ->
                  assertThat(traffic.read(traffic.pipeline.deadLetters()))
                      .extracting(ConsumerRecord::key)
                      .containsExactlyInAnyOrder("bad", "talk"));
    }
  }

  @Test
  void shouldSayThatTheBudgetIsSpent() throws Exception {
    Map<String, String> poor =
        Map.of(
            "teacher.openai.budget-per-day", "0.05",
            "teacher.openai.price-prompt", "1000",
            "teacher.openai.price-completion", "0");
    try (TeacherService service = service(poor)) {
      // Asks once, for 0.03.
      service.start();
      TeacherClient client = new TeacherClient(service.port());
      predict(client, "a ball", "paid");
      HttpResponse<String> refused =
          client.post("/v1/predict", "{\"text\": \"a statue\", \"request_id\": \"unpaid\"}");

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("the day's budget of 0.05 is spent");
      assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
      assertThat(service.hindrance().orElse("")).contains("budget");
      // It was answered before, and is remembered.
      assertThat(model.asked).hasSize(2);
    }
  }

  @Test
  void shouldNotStartBeforeAModelWithoutLogProbabilities() {
    model.play((asked, out) -> plain(out, 200, "", ChatAnswer.plain("sport")));
    try (TeacherService service = service(Map.of())) {
      assertThatThrownBy(service::start)
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("gives no log-probabilities of tokens for the model 'scripted'");
    }
  }

  @Test
  void shouldTakeHardLabelsFromAModelWithoutLogProbabilities() throws Exception {
    model.play((asked, out) -> plain(out, 200, "", ChatAnswer.plain("It is art.")));
    try (TeacherService service =
        service(Map.of("teacher.openai.answers", "text", "teacher.openai.certainty", "0.8"))) {
      service.start();
      JsonNode said = predict(new TeacherClient(service.port()), "a statue", "s");

      assertThat(said.path("label").asText()).isEqualTo("art");
      assertThat(said.path("probability").asDouble()).isCloseTo(0.8, HALF);
      traffic.awaitSoftLabelsOf(List.of("s"));
      TopKCodec.Decoded hard = TopKCodec.decode((TopKLogits) softLabel("s").getDistribution(), 1);
      assertThat(hard.indices()).containsExactly(2);
      assertThat(Math.exp(hard.tailLogMass()[0])).isCloseTo(0.2, HALF);
    }
  }

  private TeacherService service(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("teacher.kind", "openai");
    settings.put("teacher.http.port", "0");
    settings.put("teacher.openai.url", model.url().toString());
    settings.put("teacher.openai.model", "scripted");
    settings.put("teacher.openai.labels", "sport,economy=trade|money,art");
    settings.put("teacher.openai.retry-pause", "50ms");
    settings.put("teacher.http.max-expected-wait", "30s");
    settings.put("teacher.http.answer-within", "30s");
    settings.putAll(more);
    return new TeacherService(
        TeacherSettings.from(Settings.load(TeacherSettings.all(), settings)), traffic.context);
  }

  private static JsonNode predict(TeacherClient client, String text, String id) throws Exception {
    HttpResponse<String> response =
        client.post(
            "/v1/predict", "{\"text\": \"%s\", \"request_id\": \"%s\"}".formatted(text, id));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return TeacherClient.json(response);
  }

  private SoftLabel softLabel(String id) throws Exception {
    Codec<SoftLabel> codec = traffic.context.wire().codec(Topics.SOFT_LABELS, traffic.pipeline);
    for (ConsumerRecord<String, byte[]> record : traffic.softLabels()) {
      if (record.key().equals(id)) {
        return codec.decode(record.value());
      }
    }
    throw new AssertionError("No soft label of " + id);
  }

  /** Metrics that only this kind of teacher has. */
  private static Set<String> shown(TeacherClient client) throws Exception {
    return names(client.get("/metrics").body());
  }

  private static Set<String> listed() throws IOException {
    return names(Files.readString(Path.of("..", "docs", "metrics.md")).replace('`', ' '));
  }

  private static Set<String> names(String text) {
    Set<String> names = new HashSet<>();
    Matcher metric = METRIC.matcher(text);
    while (metric.find()) {
      names.add(metric.group(1));
    }
    return names;
  }
}
