package io.distillstream.teacher.http;

import static io.distillstream.teacher.http.ServedApi.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.avro.GroundTruth;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.NotLabelledException;
import io.distillstream.teacher.queue.Prediction;
import io.distillstream.teacher.queue.TrafficMetrics.Reason;
import io.distillstream.teacher.queue.Window;
import io.distillstream.wire.Topics;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers are answered, over real HTTP. */
@Timeout(30)
class TeacherApiTest {

  private final ServedApi served = new ServedApi();

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void shouldAnswerOneTextWithOneObject() throws Exception {
    var pending =
        served.client.postAsync("/v1/predict", "{\"text\": \"a b\", \"request_id\": \"x\"}");
    HttpText text = served.onlyText();
    text.answer().complete(new Prediction("x", new float[] {2f, -2f}));

    JsonNode json = TeacherClient.json(pending.join());

    assertThat(pending.join().statusCode()).isEqualTo(200);
    assertThat(json.get("request_id").asText()).isEqualTo("x");
    assertThat(json.get("label").asText()).isEqualTo("even");
    assertThat(json.get("probability").asDouble()).isCloseTo(0.982, within(1e-3));
    assertThat(json.get("probabilities").get("odd").asDouble()).isCloseTo(0.018, within(1e-3));
    assertThat(json.get("teacher_id").asText()).isEqualTo("length");
    assertThat(json.get("teacher_version").asText()).isEqualTo("0123456789ab");
    assertThat(json.get("recorded").asBoolean()).isTrue();
    assertThat(text.recorded()).isTrue();
    assertThat(text.receivedAt()).isEqualTo(Fixtures.RECEIVED);
    assertThat(served.metrics.received).isEqualTo(1);
  }

  @Test
  void shouldSayThatAnAnswerIsNotRecorded() throws Exception {
    var pending =
        served.client.postAsync(
            "/v1/predict", "{\"text\": \"a b\", \"request_id\": \"x\", \"record\": false}");
    HttpText text = served.onlyText();
    text.answer().complete(new Prediction("x", new float[] {2f, -2f}));

    JsonNode json = TeacherClient.json(pending.join());

    assertThat(text.recorded()).isFalse();
    assertThat(json.get("label").asText()).isEqualTo("even");
    assertThat(json.get("recorded").isBoolean()).isTrue();
    assertThat(json.get("recorded").asBoolean()).isFalse();
    assertThat(served.metrics.unrecorded).isEqualTo(1);
    assertThat(served.metrics.received).isZero();
  }

  @Test
  void shouldBoundTextsThatAreNotRecordedByTheSameQueue() throws Exception {
    served.queue.offer(List.of(Fixtures.http("1", "a"), Fixtures.unrecorded("2", "a")));

    HttpResponse<String> response =
        served.client.post("/v1/predict", "{\"texts\": [\"a\", \"b\", \"c\"], \"record\": false}");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(served.metrics.refused).isEqualTo(Map.of(Reason.FULL, 3));
    assertThat(served.metrics.unrecorded).isZero();
  }

  @Test
  void shouldAnswerManyTextsInTheirOrder() throws Exception {
    var pending =
        served.client.postAsync(
            "/v1/predict", "{\"texts\": [\"a\", \"b\"], \"ground_truths\": [null, \"odd\"]}");
    Window window = served.queue.take().orElseThrow();
    assertThat(window.http()).extracting(HttpText::groundTruth).containsExactly(null, "odd");
    List<HttpText> texts = window.http();
    texts.get(1).answer().complete(new Prediction(texts.get(1).requestId(), new float[] {1, 0}));
    texts.get(0).answer().complete(new Prediction(texts.get(0).requestId(), new float[] {0, 1}));

    JsonNode predictions = TeacherClient.json(pending.join()).get("predictions");

    assertThat(predictions.findValuesAsText("label")).containsExactly("odd", "even");
    assertThat(predictions.findValuesAsText("request_id"))
        .containsExactly(texts.get(0).requestId(), texts.get(1).requestId());
  }

  @Test
  void shouldSayThatTheCallerMayAskAgainWhenNothingWasCommitted() throws Exception {
    var pending = served.client.postAsync("/v1/predict", "{\"text\": \"a b\"}");
    served.onlyText().answer().completeExceptionally(new NotLabelledException("ask again"));

    assertThat(pending.join().statusCode()).isEqualTo(503);
    assertThat(error(pending.join())).isEqualTo("ask again");
  }

  @Test
  void shouldRefuseAllTextsOfACallThatFindsTheQueueFull() throws Exception {
    served.queue.offer(List.of(Fixtures.http("1", "a"), Fixtures.http("2", "a")));

    HttpResponse<String> response =
        served.client.post("/v1/predict", "{\"texts\": [\"a\", \"b\", \"c\"]}");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains("1");
    assertThat(served.queue.depth()).isEqualTo(2);
    assertThat(served.metrics.refused).isEqualTo(Map.of(Reason.FULL, 3));
  }

  @Test
  void shouldSayWhenToAskAgainWhileTheClusterIsAway() throws Exception {
    served.hindrance = Optional.of("the Kafka cluster does not answer");

    HttpResponse<String> refused = served.client.post("/v1/predict", "{\"text\": \"a b\"}");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).contains("10");
    assertThat(ServedApi.error(refused))
        .contains("Nothing can be recorded: the Kafka cluster does not answer");
    assertThat(served.queue.depth()).isZero();

    HttpResponse<String> truth =
        served.client.post("/v1/ground-truth", "{\"request_id\": \"a\", \"label\": \"b\"}");
    assertThat(truth.statusCode()).isEqualTo(503);
    assertThat(truth.headers().firstValue("Retry-After")).contains("10");
    assertThat(served.producer.history()).isEmpty();

    // What is not recorded needs no cluster.
    var pending = served.client.postAsync("/v1/predict", "{\"text\": \"a\", \"record\": false}");
    served.onlyText().answer().completeExceptionally(new NotLabelledException("taken"));
    assertThat(ServedApi.error(pending.join())).isEqualTo("taken");
  }

  @Test
  void shouldNotLetACallerWaitForEver() throws Exception {
    HttpResponse<String> response = served.client.post("/v1/predict", "{\"text\": \"a b\"}");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    assertThat(ServedApi.error(response)).contains("within PT3S");
  }

  @Test
  void shouldTakeNothingOnceItIsClosed() throws Exception {
    served.queue.close();

    assertThat(served.client.post("/v1/predict", "{\"text\": \"a\"}").statusCode()).isEqualTo(503);
  }

  @Test
  void shouldPublishTruthThatComesLater() throws Exception {
    HttpResponse<String> response =
        served.client.post("/v1/ground-truth", "{\"request_id\": \"x\", \"label\": \"odd\"}");

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(served.producer.history()).hasSize(1);
    assertThat(served.producer.history().get(0).key()).isEqualTo("x");
    GroundTruth truth =
        served
            .wire
            .codec(Topics.GROUND_TRUTH, Fixtures.PIPELINE)
            .decode(served.producer.history().get(0).value());
    assertThat(truth.getLabel()).isEqualTo("odd");
  }

  @Test
  void shouldRefuseTruthThatIsNoLabelOrLacksItsRequest() throws Exception {
    HttpResponse<String> noLabel =
        served.client.post("/v1/ground-truth", "{\"request_id\": \"x\", \"label\": \"blue\"}");
    HttpResponse<String> noId = served.client.post("/v1/ground-truth", "{\"label\": \"odd\"}");

    assertThat(noLabel.statusCode()).isEqualTo(400);
    assertThat(TeacherClient.json(noLabel).get("accepted")).hasSize(2);
    assertThat(noId.statusCode()).isEqualTo(400);
    assertThat(error(noId)).contains("'request_id' is missing");
  }

  @Test
  void shouldSayWhoAnswers() throws Exception {
    JsonNode json = TeacherClient.json(served.client.get("/v1/model"));

    assertThat(json.get("teacher_id").asText()).isEqualTo("length");
    assertThat(json.get("labels")).extracting(JsonNode::asText).containsExactly("even", "odd");
    assertThat(json.get("label_space").asText()).isEqualTo(LengthTeacher.LABELS.fingerprint());
  }
}
