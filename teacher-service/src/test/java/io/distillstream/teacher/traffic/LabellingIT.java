package io.distillstream.teacher.traffic;

import static io.distillstream.teacher.traffic.TestedPipeline.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.foundation.PortInUseException;
import io.distillstream.joiner.JoinerService;
import io.distillstream.joiner.JoinerSettings;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.Softmax;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.http.TeacherClient;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.torch.GoldenModels;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.LogitsCodec;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Traffic through the labeller and the joiner on a real broker; each test has its own pipeline. */
@Timeout(120)
@ExtendWith(SharedCluster.class)
class LabellingIT {

  private static final JoinerSettings JOINER =
      new JoinerSettings(Duration.ofSeconds(2), 1, Duration.ZERO, Duration.ofHours(1), 1);

  @TempDir static Path folder;
  private final EmbeddedCluster cluster;

  private TestedPipeline traffic;

  LabellingIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  private static LabelSpace noLabels() {
    throw new IllegalStateException("Teachers are not measured here");
  }

  @BeforeEach
  void connect() {
    traffic = new TestedPipeline(cluster, folder);
  }

  @AfterEach
  void disconnect() {
    traffic.close();
  }

  @Test
  void shouldTrainOnEveryRequestOnceWhicheverWayItCame() throws Exception {
    Set<String> sent = new HashSet<>();
    byte[] poison = {42, 1, 2, 3};
    try (TeacherService service = traffic.service(1024);
        JoinerService joiner = new JoinerService(JOINER, LabellingIT::noLabels, traffic.context)) {
      joiner.start();
      service.start();
      TeacherClient client = new TeacherClient(service.port());
      for (int i = 0; i < 200; i++) {
        sent.add(traffic.send("log-" + i, "text number " + i));
        if (i == 100) {
          traffic.sendRaw("poison", poison);
        }
        if (i % 10 == 0) {
          String body =
              """
              {"texts": ["one", "one two"], "request_ids": ["http-%d-a", "http-%d-b"],
               "ground_truths": ["odd", null]}\
              """
                  .formatted(i, i);
          HttpResponse<String> response = client.post("/v1/predict", body);
          assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
          JsonNode predictions = TeacherClient.json(response).get("predictions");
          assertThat(predictions.findValuesAsText("label")).containsExactly("odd", "even");
          sent.add("http-" + i + "-a");
          sent.add("http-" + i + "-b");
        }
      }
      // A caller that got no answer repeats its request: same id, trained once.
      client.post("/v1/predict", "{\"text\": \"one two\", \"request_id\": \"http-0-b\"}");

      await().atMost(PATIENCE).until(() -> ids(traffic.examples()).containsAll(sent));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(traffic.lag()).isZero());
      List<TrainingExample> examples = traffic.examples();
      assertThat(ids(examples)).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sent);
      assertThat(examples)
          .filteredOn(e -> e.getRequestId().endsWith("-a"))
          .extracting(TrainingExample::getGroundTruth)
          .containsOnly("odd");
      assertThat(service.healthy()).isTrue();
      assertThat(joiner.healthy()).isTrue();
    }
    assertThat(traffic.read(traffic.pipeline.deadLetters()))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.value()).isEqualTo(poison);
              assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(traffic.requests.topic());
            });
  }

  @Test
  void shouldAnswerTheSameAndRecordNothingWhenAskedTo() throws Exception {
    String texts = "{\"texts\": [\"one\", \"one two\"], \"request_ids\": [\"a\", \"b\"]%s}";
    try (TeacherService service = traffic.service(64)) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());

      HttpResponse<String> unrecorded =
          client.post("/v1/predict", texts.formatted(", \"record\": false"));

      assertThat(unrecorded.statusCode()).as(unrecorded.body()).isEqualTo(200);
      assertThat(TeacherClient.json(unrecorded).get("predictions").findValuesAsText("recorded"))
          .containsExactly("false", "false");
      assertThat(client.get("/metrics").body())
          .contains("distillstream_texts_unrecorded_total{stage=\"teacher\"} 2.0");
      assertNothingIsRecorded();

      HttpResponse<String> recorded = client.post("/v1/predict", texts.formatted(""));

      assertThat(unrecorded.body())
          .isEqualTo(recorded.body().replace("\"recorded\":true", "\"recorded\":false"));
      traffic.awaitSoftLabelsOf(List.of("a", "b"));
    }
  }

  private void assertNothingIsRecorded() {
    for (Topic<?> topic : List.of(Topics.REQUESTS, Topics.SOFT_LABELS, Topics.GROUND_TRUTH)) {
      assertThat(traffic.read(topic.in(traffic.pipeline))).as("%s", topic).isEmpty();
    }
  }

  @Test
  void shouldLoseNothingAndRepeatNothingWhenAnotherProcessTakesOver() throws Exception {
    List<String> sent = traffic.send(400);
    TeacherService first = traffic.service(64);
    first.start();
    await().atMost(PATIENCE).until(() -> traffic.softLabels().size() > 30);
    traffic.teacher.hold();
    // As after kill -9: the first is still there with a window in its hands, nothing was closed.
    LengthTeacher successor = new LengthTeacher();
    try (ServiceContext other = traffic.newContext();
        TeacherService second =
            new TeacherService(TestedPipeline.settings(64), other, () -> successor)) {
      second.start();
      traffic.teacher.release();
      traffic.awaitSoftLabelsOf(sent);
      await().atMost(PATIENCE).until(() -> !first.alive());
      assertThat(second.healthy()).isTrue();
    } finally {
      first.close();
    }
  }

  @Test
  void shouldTakeBackAPlaceInItsGroupThatNobodyElseHas() throws Exception {
    List<String> sent = traffic.send(200);
    try (TeacherService service = traffic.service(64)) {
      service.start();
      await().atMost(PATIENCE).until(() -> traffic.softLabels().size() > 30);
      // As where its own join was answered after it had given up and joined again.
      traffic.takePlace();
      sent.addAll(traffic.send("later-", 200));

      traffic.awaitSoftLabelsOf(sent);
      assertThat(service.healthy()).isTrue();
    }
  }

  @Test
  void shouldGoOnAfterItsTransactionHasExpired() throws Exception {
    List<String> sent = traffic.send(200);
    try (TeacherService service = traffic.service(64)) {
      service.start();
      await().atMost(PATIENCE).until(() -> traffic.softLabels().size() > 30);
      // What brokers do with a transaction that takes too long.
      traffic.fenceProducer();
      sent.addAll(traffic.send("later-", 200));

      traffic.awaitSoftLabelsOf(sent);
      await().atMost(PATIENCE).until(service::healthy);
    }
  }

  @Test
  void shouldAnswerWithTheRealTeacher() throws Exception {
    try (TeacherService service =
        new TeacherService(TestedPipeline.settings(64), traffic.context)) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());

      HttpResponse<String> response =
          client.post(
              "/v1/predict",
              "{\"texts\": [\"a small dog with a curly coat\", \"a tall tree with needles and"
                  + " cones\"]}");

      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(TeacherClient.json(response).get("predictions").findValuesAsText("label"))
          .containsExactly("animal", "plant");
    }
  }

  @Test
  void shouldAnswerWithAndPublishWhatATorchScriptModelSays() throws Exception {
    Map<String, String> settings =
        Map.of(
            "teacher.kind", "torchscript",
            "teacher.http.port", "0",
            "teacher.torchscript.model", GoldenModels.file("bag.pt").text(),
            "teacher.torchscript.tokenizer", GoldenModels.file("tokenizer.json").text(),
            "teacher.torchscript.labels", GoldenModels.file("labels.txt").text());
    float[][] golden = GoldenModels.logits("bag");
    try (TeacherService service =
        new TeacherService(
            TeacherSettings.from(Settings.load(TeacherSettings.all(), settings)),
            traffic.context)) {
      service.start();
      HttpResponse<String> response =
          new TeacherClient(service.port())
              .post(
                  "/v1/predict",
                  "{\"text\": \"%s\", \"request_id\": \"http-0\"}"
                      .formatted(GoldenModels.texts().get(0)));
      traffic.send("log-2", GoldenModels.texts().get(2));

      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      JsonNode said = TeacherClient.json(response);
      assertThat(said.path("teacher_id").asText()).isEqualTo("torchscript");
      assertThat(said.path("probabilities").path("plant").asDouble())
          .isCloseTo(Softmax.of(golden[0])[1], within(1e-5));
      traffic.awaitSoftLabelsOf(List.of("http-0", "log-2"));
      assertThat(logits("http-0")).containsExactly(golden[0], within(2e-3f));
      assertThat(logits("log-2")).containsExactly(golden[2], within(2e-3f));
    }
  }

  private float[] logits(String requestId) throws Exception {
    Codec<SoftLabel> codec = traffic.context.wire().codec(Topics.SOFT_LABELS, traffic.pipeline);
    for (ConsumerRecord<String, byte[]> record : traffic.softLabels()) {
      if (record.key().equals(requestId)) {
        DenseLogits dense = (DenseLogits) codec.decode(record.value()).getDistribution();
        return LogitsCodec.decode(dense, 1);
      }
    }
    throw new AssertionError("No soft label of " + requestId);
  }

  @Test
  void shouldNameTheSettingOfAPortInUse() {
    try (TeacherService first = traffic.service(64)) {
      first.start();
      TeacherSettings taken = TestedPipeline.settings(64, first.port());
      TeacherService second = new TeacherService(taken, traffic.context, () -> new LengthTeacher());
      assertThatThrownBy(second::start)
          .isInstanceOf(PortInUseException.class)
          .hasMessageContaining(Integer.toString(first.port()))
          .hasMessageContaining("teacher.http.port");
      assertThat(second.healthy()).isFalse();
    }
  }

  private static List<String> ids(List<TrainingExample> examples) {
    return examples.stream().map(TrainingExample::getRequestId).toList();
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
