package io.distillstream.teacher.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.openai.TokenReader;
import io.distillstream.openai.UnusableTokensException;
import io.distillstream.wire.payload.ScoredToken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers of a chat endpoint, as servers write them. */
public final class ChatAnswer {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ChatAnswer() {}

  /** Alternatives with their probabilities, in pairs; the first is the token that was taken. */
  public static Map<String, Double> token(Object... alternatives) {
    Map<String, Double> token = new LinkedHashMap<>();
    for (int i = 0; i < alternatives.length; i += 2) {
      token.put((String) alternatives[i], (Double) alternatives[i + 1]);
    }
    return token;
  }

  /** An answer of these tokens. */
  @SafeVarargs
  public static String scored(Map<String, Double>... tokens) {
    ObjectNode answer = text(taken(tokens));
    ArrayNode content =
        ((ObjectNode) answer.path("choices").path(0)).putObject("logprobs").putArray("content");
    for (Map<String, Double> token : tokens) {
      Map.Entry<String, Double> first = token.entrySet().iterator().next();
      ObjectNode entry = content.addObject();
      entry.put("token", first.getKey()).put("logprob", Math.log(first.getValue()));
      entry.putNull("bytes");
      ArrayNode top = entry.putArray("top_logprobs");
      token.forEach(
          (text, probability) ->
              top.addObject().put("token", text).put("logprob", Math.log(probability)));
    }
    return answer.toString();
  }

  /** An answer without log-probabilities: a null in their place, as vLLM and OpenAI write it. */
  public static String plain(String text) {
    ObjectNode answer = text(text);
    ((ObjectNode) answer.path("choices").path(0)).putNull("logprobs");
    return answer.toString();
  }

  /** 30 tokens of a prompt and 2 of an answer, by the server's count. */
  private static ObjectNode text(String text) {
    ObjectNode answer = JSON.createObjectNode().put("id", "x").put("model", "scripted");
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", text);
    choice.put("finish_reason", "stop");
    answer.putObject("usage").put("prompt_tokens", 30).put("completion_tokens", 2);
    return answer;
  }

  @SafeVarargs
  private static String taken(Map<String, Double>... tokens) {
    StringBuilder text = new StringBuilder();
    for (Map<String, Double> token : tokens) {
      text.append(token.keySet().iterator().next());
    }
    return text.toString();
  }

  /** The tokens as they are read from such an answer. */
  @SafeVarargs
  static List<ScoredToken> read(Map<String, Double>... tokens) {
    try {
      return new TokenReader()
          .read(JSON.readTree(scored(tokens)).path("choices").path(0).path("logprobs"));
    } catch (java.io.IOException | UnusableTokensException e) {
      throw new AssertionError(e);
    }
  }
}
