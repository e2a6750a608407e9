package io.distillstream.teacher.http;

import static io.distillstream.teacher.http.ServedApi.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers are refused, and how they are told, over real HTTP. */
@Timeout(30)
class RefusedRequestsTest {

  private final ServedApi served = new ServedApi();

  @AfterEach
  void stop() {
    served.close();
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
          {"text": "a", "record": "no"}                       | Expected a boolean in 'record', found a string
          {"text": "a", "record": false, "ground_truth": "odd"} | 'ground_truth' with "record": false: nothing
          {"texts": ["a"], "record": false, "ground_truths": ["odd"]} | 'ground_truths' with "record": false
          [1]                                                 | Expected a JSON object, found an array
          {"text": "a"} x                                     | not valid JSON
          {"text": "a", "text": "b"}                          | not valid JSON
          """)
  void shouldNameWhatIsWrongWithABody(String body, String reason) throws Exception {
    HttpResponse<String> response = served.client.post("/v1/predict", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).contains(reason);
    assertThat(served.queue.depth()).isZero();
  }

  @Test
  void shouldListTheFieldsItAcceptsBesideAnUnknownOne() throws Exception {
    JsonNode json = TeacherClient.json(served.client.post("/v1/predict", "{\"txt\": \"a\"}"));

    assertThat(json.get("field").asText()).isEqualTo("txt");
    assertThat(json.get("accepted")).extracting(JsonNode::asText).contains("text", "texts");
  }

  @Test
  void shouldSayWhereABodyIsMalformed() throws Exception {
    JsonNode json = TeacherClient.json(served.client.post("/v1/predict", "{\n  \"text\": oops}"));

    assertThat(json.get("line").asInt()).isEqualTo(2);
    assertThat(json.get("column").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"text": "a"              | line 1, column 13: it ends too early
          {"text": oops}            | line 1, column 10: expected a value
          {"text": "a",}            | line 1, column 14: this character cannot stand here
          {"text": ["a"}            | line 1, column 14: another bracket is open here
          {"text": "a", "text": 1}  | line 1, column 21: a field occurs twice
          {"text": "a"} []          | line 1, column 15: something follows the first value
          {"text": 1.}              | line 1, column 12: this character cannot stand here
          {"text": "\\x"}           | line 1, column 12: there is no such escape in a string
          """)
  void shouldSayInItsOwnWordsWhatIsWrongWithJson(String body, String reason) throws Exception {
    HttpResponse<String> response = served.client.post("/v1/predict", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).startsWith("The body is not valid JSON: " + reason);
    assertThat(response.body()).doesNotContain("REDACTED").doesNotContain("StreamReadFeature");
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
    HttpResponse<String> response = served.client.post("/v1/predict", body);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(error(response)).contains(reason);
  }

  @Test
  void shouldRefuseABodyOverItsLimit() throws Exception {
    String body = "{\"text\": \"" + "a".repeat(ServedApi.MAX_BODY_BYTES) + "\"}";

    assertThat(served.client.post("/v1/predict", body).statusCode()).isEqualTo(413);
  }

  @Test
  void shouldSayThatPredictionsAreAskedForByPost() throws Exception {
    HttpResponse<String> response = served.client.get("/v1/predict");

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("POST");
  }

  @Test
  void shouldWriteNothingForAPageOfAnotherSite() throws Exception {
    String body = "{\"text\": \"a\"}";

    assertThat(served.client.post("/v1/predict", body, "Content-Type", "text/plain").statusCode())
        .isEqualTo(415);
    assertThat(
            served
                .client
                .post(
                    "/v1/ground-truth",
                    "{\"request_id\": \"x\", \"label\": \"odd\"}",
                    "Content-Type",
                    "application/json",
                    "Origin",
                    "http://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(served.queue.depth()).isZero();
    assertThat(served.producer.history()).isEmpty();
  }
}
