package io.distillstream.tap.sample;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What is compared of a prompt. The last message and all that comes before it are compared each by
 * itself: else a long system message would make all questions nearly the same, and a conversation
 * the same as it was a turn before. Tools and the answer's format belong to what comes before.
 *
 * @param kind a hash of what must be the same: the endpoint, the model, who wrote the last message
 * @param last MinHash signature of the last message, or of the prompt of a text completion
 * @param before of what comes before
 * @param atMillis when the answer ended, since 1970
 */
@SuppressWarnings("ArrayRecordComponent")
record PromptSketch(long kind, byte[] last, byte[] before, long atMillis) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the parameters, those that the model reads. */
  private static final List<String> READ = List.of("tools", "response_format");

  /** Of the prompt of a completion. */
  static PromptSketch of(Completion completion, MinHash minHash) {
    JsonNode prompt = json(completion.getPrompt());
    JsonNode last = prompt;
    StringBuilder before = new StringBuilder();
    String role = "";
    if (completion.getEndpoint() == CompletionEndpoint.CHAT && !prompt.isEmpty()) {
      last = prompt.path(prompt.size() - 1);
      role = last.path("role").asText();
      for (int i = 0; i < prompt.size() - 1; i++) {
        before.append(prompt.path(i));
      }
      last = last.path("content");
    }
    JsonNode parameters = json(completion.getParameters());
    READ.forEach(name -> before.append(parameters.path(name)));
    String kind = completion.getEndpoint() + "\n" + completion.getModel() + "\n" + role;
    return new PromptSketch(
        MinHash.hash(bytes(kind)),
        minHash.signature(bytes(text(last))),
        minHash.signature(bytes(before.toString())),
        completion.getAnsweredAt().toEpochMilli());
  }

  /** Without the syntax around it, which all have in common. */
  private static String text(JsonNode content) {
    if (!content.isArray()) {
      return content.isTextual() ? content.asText() : content.toString();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      text.append(part.path("text").isTextual() ? part.path("text").asText() : part.toString());
    }
    return text.toString();
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The tap wrote this JSON itself", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
