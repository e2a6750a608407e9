package io.distillstream.teacher.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.avro.GroundTruth;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.javalin.Javalin;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP side over a real server; the queue is emptied by the tests themselves. */
@Timeout(30)
class TeacherApiTest {

  private static final int MAX_BODY_BYTES = 1_000;

  private final LengthTeacher teacher = new LengthTeacher();
  private final WireFormat wire = Fixtures.wire();
  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final LabelQueue queue =
      new LabelQueue(new QueueBounds(4, 4, 1, Duration.ZERO, Duration.ZERO));
  private final CountedTraffic metrics = new CountedTraffic();
  private final TeacherApi api =
      new TeacherApi(
          teacher,
          queue,
          new Inference(teacher, 4),
          new GroundTruthPublisher(
              producer,
              new TrafficRecords(Fixtures.PIPELINE, wire, Publication.DENSE),
              () -> Fixtures.RECEIVED),
          metrics,
          new TeacherApi.Limits(MAX_BODY_BYTES, new PredictRequest.Limits(3, 20)),
          Runnable::run,
          () -> Fixtures.RECEIVED);
  private final Javalin server = Javalin.create(api::addTo).start("127.0.0.1", 0);
  private final TeacherClient client = new TeacherClient(server.port());

  @AfterEach
  void stop() {
    server.stop();
    wire.close();
  }

  @Test
  void shouldAnswerOneTextWithOneObject() throws Exception {
    var pending = client.postAsync("/v1/predict", "{\"text\": \"a b\", \"request_id\": \"x\"}");
    HttpText text = onlyText();
    text.answer().complete(new Prediction("x", new float[] {2f, -2f}));

    JsonNode json = TeacherClient.json(pending.join());

    assertThat(pending.join().statusCode()).isEqualTo(200);
    assertThat(json.get("request_id").asText()).isEqualTo("x");
    assertThat(json.get("label").asText()).isEqualTo("even");
    assertThat(json.get("probability").asDouble()).isCloseTo(0.982, within(1e-3));
    assertThat(json.get("probabilities").get("odd").asDouble()).isCloseTo(0.018, within(1e-3));
    assertThat(json.get("teacher_id").asText()).isEqualTo("length");
    assertThat(json.get("teacher_version").asText()).isEqualTo("0123456789ab");
    assertThat(text.receivedAt()).isEqualTo(Fixtures.RECEIVED);
    assertThat(metrics.received).isEqualTo(1);
  }

  @Test
  void shouldAnswerManyTextsInTheirOrder() throws Exception {
    var pending =
        client.postAsync(
            "/v1/predict", "{\"texts\": [\"a\", \"b\"], \"ground_truths\": [null, \"odd\"]}");
    Window window = queue.take().orElseThrow();
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
    var pending = client.postAsync("/v1/predict", "{\"text\": \"a b\"}");
    onlyText().answer().completeExceptionally(new NotLabelledException("ask again"));

    assertThat(pending.join().statusCode()).isEqualTo(503);
    assertThat(error(pending.join())).isEqualTo("ask again");
  }

  @Test
  void shouldRefuseAllTextsOfACallThatFindsTheQueueFull() throws Exception {
    queue.offer(List.of(Fixtures.http("1", "a"), Fixtures.http("2", "a")));

    HttpResponse<String> response =
        client.post("/v1/predict", "{\"texts\": [\"a\", \"b\", \"c\"]}");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains("1");
    assertThat(queue.depth()).isEqualTo(2);
    assertThat(metrics.rejected).isEqualTo(3);
  }

  @Test
  void shouldTakeNothingOnceItIsClosed() throws Exception {
    queue.close();

    assertThat(client.post("/v1/predict", "{\"text\": \"a\"}").statusCode()).isEqualTo(503);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"txt": "a"}                                        | Unknown field 'txt'
          {}                                                  | either 'text' or 'texts'
          {"text": "a", "texts": ["b"]}                       | either 'text' or 'texts'
          {"text": 7}                                         | Expected a string in 'text', found a number
          {"texts": "a"}                                      | Expected an array of strings in 'texts'
          {"texts": ["a", {}]}                                | 'texts[1]'
          {"texts": []}                                       | 'texts' is empty
          {"texts": ["a", " "]}                               | 'texts[1]' is empty
          {"texts": ["a"], "request_id": "x"}                 | Expected 'request_ids'
          {"texts": ["a"], "request_ids": ["x", "y"]}         | as many items in 'request_ids' as texts
          {"texts": ["a", "b"], "request_ids": ["x", "x"]}    | 'x' occurs twice
          {"text": "a", "request_id": ""}                     | 'request_id'
          {"text": "a", "ground_truth": "blue"}               | 'blue' in 'ground_truth' is no label
          [1]                                                 | Expected a JSON object, found an array
          {"text": "a"} x                                     | not valid JSON
          {"text": "a", "text": "b"}                          | not valid JSON
          """)
  void shouldNameWhatIsWrongWithABody(String body, String reason) throws Exception {
    HttpResponse<String> response = client.post("/v1/predict", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).contains(reason);
    assertThat(queue.depth()).isZero();
  }

  @Test
  void shouldListTheFieldsItAcceptsBesideAnUnknownOne() throws Exception {
    JsonNode json = TeacherClient.json(client.post("/v1/predict", "{\"txt\": \"a\"}"));

    assertThat(json.get("field").asText()).isEqualTo("txt");
    assertThat(json.get("accepted")).extracting(JsonNode::asText).contains("text", "texts");
  }

  @Test
  void shouldSayWhereABodyIsMalformed() throws Exception {
    JsonNode json = TeacherClient.json(client.post("/v1/predict", "{\n  \"text\": oops}"));

    assertThat(json.get("line").asInt()).isEqualTo(2);
    assertThat(json.get("column").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"text": "123456789012345678901"}     | 'text' has 21 bytes, over the limit of 20
          {"texts": ["a", "b", "c", "d"]}       | 4 texts are over the limit of 3
          """)
  void shouldRefuseWhatIsTooLarge(String body, String reason) throws Exception {
    HttpResponse<String> response = client.post("/v1/predict", body);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(error(response)).contains(reason);
  }

  @Test
  void shouldRefuseABodyOverItsLimit() throws Exception {
    String body = "{\"text\": \"" + "a".repeat(MAX_BODY_BYTES) + "\"}";

    assertThat(client.post("/v1/predict", body).statusCode()).isEqualTo(413);
  }

  @Test
  void shouldPublishTruthThatComesLater() throws Exception {
    HttpResponse<String> response =
        client.post("/v1/ground-truth", "{\"request_id\": \"x\", \"label\": \"odd\"}");

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(producer.history()).hasSize(1);
    assertThat(producer.history().get(0).key()).isEqualTo("x");
    GroundTruth truth =
        wire.codec(Topics.GROUND_TRUTH, Fixtures.PIPELINE)
            .decode(producer.history().get(0).value());
    assertThat(truth.getLabel()).isEqualTo("odd");
  }

  @Test
  void shouldRefuseTruthThatIsNoLabelOrLacksItsRequest() throws Exception {
    HttpResponse<String> noLabel =
        client.post("/v1/ground-truth", "{\"request_id\": \"x\", \"label\": \"blue\"}");
    HttpResponse<String> noId = client.post("/v1/ground-truth", "{\"label\": \"odd\"}");

    assertThat(noLabel.statusCode()).isEqualTo(400);
    assertThat(TeacherClient.json(noLabel).get("accepted")).hasSize(2);
    assertThat(noId.statusCode()).isEqualTo(400);
    assertThat(error(noId)).contains("'request_id' is missing");
  }

  @Test
  void shouldSayWhoAnswers() throws Exception {
    JsonNode json = TeacherClient.json(client.get("/v1/model"));

    assertThat(json.get("teacher_id").asText()).isEqualTo("length");
    assertThat(json.get("labels")).extracting(JsonNode::asText).containsExactly("even", "odd");
    assertThat(json.get("label_space").asText()).isEqualTo(LengthTeacher.LABELS.fingerprint());
  }

  private HttpText onlyText() throws InterruptedException {
    List<HttpText> texts = queue.take().orElseThrow().http();
    assertThat(texts).hasSize(1);
    return texts.get(0);
  }

  private static String error(HttpResponse<String> response) throws Exception {
    return TeacherClient.json(response).get("error").asText();
  }
}
