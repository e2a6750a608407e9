package io.distillstream.tap.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.tap.json.JsonObjectEdit;
import java.util.Optional;

/**
 * What a client asks of a language model.
 *
 * @param kind what upstreams may answer in one way
 * @param body as the client sent it; not to be changed
 * @param asksItself whether the client asks for log-probabilities, which it is to see then
 */
@SuppressWarnings("ArrayRecordComponent")
record Question(Kind kind, byte[] body, boolean asksItself) {

  private static final String LOGPROBS = "logprobs";
  private static final String TOP_LOGPROBS = "top_logprobs";
  private static final String NULL = "null";

  /** Questions that an upstream may treat alike. */
  record Kind(CompletionEndpoint endpoint, boolean streamed, String model) {}

  /**
   * Reads a request.
   *
   * @param path as the client named it
   * @return empty where the tap does not know the endpoint
   */
  static Optional<CompletionEndpoint> endpoint(String method, String path) {
    if (!method.equals("POST")) {
      return Optional.empty();
    }
    if (path.endsWith("/chat/completions")) {
      return Optional.of(CompletionEndpoint.CHAT);
    }
    return path.endsWith("/completions") ? Optional.of(CompletionEndpoint.TEXT) : Optional.empty();
  }

  /** Reads a question; empty if its body is no JSON object. */
  static Optional<Question> read(CompletionEndpoint endpoint, byte[] body) {
    return JsonObjectEdit.of(body)
        .map(
            json ->
                new Question(
                    new Kind(endpoint, text(json, "stream").equals("true"), text(json, "model")),
                    body,
                    asksItself(endpoint, json)));
  }

  /**
   * The body with a question for log-probabilities added.
   *
   * @param alternatives for each token
   */
  byte[] asking(int alternatives) {
    JsonObjectEdit json = JsonObjectEdit.of(body).orElseThrow();
    String count = Integer.toString(alternatives);
    switch (kind.endpoint) {
      case CHAT -> {
        json.set(LOGPROBS, "true");
        json.set(TOP_LOGPROBS, count);
      }
      case TEXT -> json.set(LOGPROBS, count);
    }
    return json.bytes();
  }

  private static boolean asksItself(CompletionEndpoint endpoint, JsonObjectEdit json) {
    String logprobs = text(json, LOGPROBS);
    return switch (endpoint) {
      case CHAT -> {
        boolean wanted = !logprobs.equals("false") && !isNothing(logprobs);
        yield wanted || !isNothing(text(json, TOP_LOGPROBS));
      }
      case TEXT -> !isNothing(logprobs);
    };
  }

  private static boolean isNothing(String json) {
    return json.isEmpty() || json.equals(NULL);
  }

  private static String text(JsonObjectEdit json, String field) {
    return json.value(field).map(value -> new String(value, UTF_8)).orElse("");
  }
}
