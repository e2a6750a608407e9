package io.distillstream.teacher.openai.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.openai.TokenReader;
import io.distillstream.openai.UnusableTokensException;
import io.distillstream.wire.payload.ScoredToken;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What a model said to one prompt.
 *
 * @param tokens with their alternatives; empty where the server told none, or nothing was said
 * @param scored whether the server told log-probabilities
 * @param cutOff whether it would have gone on, had it been allowed more tokens
 * @param usage what it costs
 */
public record Completion(
    String text, List<ScoredToken> tokens, boolean scored, boolean cutOff, TokenUsage usage) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of English text and the usual vocabularies. */
  private static final int BYTES_PER_TOKEN = 4;

  public Completion {
    tokens = List.copyOf(tokens);
  }

  /**
   * Reads an answer of either endpoint.
   *
   * @param requestBytes what was sent
   * @throws CallFailedException if it is not one, or says what cannot be
   */
  static Completion read(byte[] body, int requestBytes) throws CallFailedException {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (IOException e) {
      throw CallFailedException.badAnswer("its answer is not JSON, or not all of it", e);
    }
    JsonNode choice = answer.path("choices").path(0);
    JsonNode said =
        choice.has("text") ? choice.path("text") : choice.path("message").path("content");
    TokenUsage usage = usage(answer.path("usage"), requestBytes, said.asText("").length());
    if (!choice.isObject() || !(said.isTextual() || said.isNull() || said.isMissingNode())) {
      throw CallFailedException.uselessAnswer("its answer holds no completion", usage, null);
    }
    List<ScoredToken> tokens;
    try {
      tokens = new TokenReader().read(choice.path("logprobs"));
    } catch (UnusableTokensException e) {
      throw CallFailedException.uselessAnswer(
          "the log-probabilities in its answer cannot be true: "
              + e.reason().name().toLowerCase(Locale.ROOT),
          usage,
          e);
    }
    return new Completion(
        said.asText(""),
        tokens,
        choice.path("logprobs").isObject(),
        choice.path("finish_reason").asText("").equals("length"),
        usage);
  }

  private static TokenUsage usage(JsonNode told, int requestBytes, int answerLength) {
    return new TokenUsage(
        told.path("prompt_tokens").asLong(1 + requestBytes / BYTES_PER_TOKEN),
        told.path("completion_tokens").asLong(1 + answerLength / BYTES_PER_TOKEN));
  }
}
