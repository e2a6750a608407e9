package io.distillstream.teacher.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.teacher.TeacherVersion;
import io.distillstream.teacher.openai.AnswerSettings.Source;
import io.distillstream.teacher.openai.QuestionSettings.Api;
import java.util.Map;

/** Writes requests. */
final class Questions {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final QuestionSettings question;
  private final AnswerSettings answer;
  private final ObjectNode parameters;

  /**
   * @throws IllegalArgumentException if the further parameters are no JSON object
   */
  Questions(QuestionSettings question, AnswerSettings answer) {
    this.question = question;
    this.answer = answer;
    this.parameters = parameters(question.parameters());
  }

  /**
   * Reads the further fields of requests.
   *
   * @throws IllegalArgumentException if they are no JSON object
   */
  static ObjectNode parameters(String json) {
    try {
      if (JSON.readTree(json) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a JSON object", e);
    }
    throw new IllegalArgumentException("a JSON object");
  }

  /** A request about one text. */
  byte[] about(String text) {
    return request(question.prompt().fill(text, question.verbalizer().firstWords()))
        .toString()
        .getBytes(UTF_8);
  }

  private ObjectNode request(String prompt) {
    ObjectNode request = JSON.createObjectNode();
    request.put("model", question.model());
    boolean chat = question.api() == Api.CHAT;
    if (chat) {
      ArrayNode messages = request.putArray("messages");
      if (!question.system().isEmpty()) {
        messages.addObject().put("role", "system").put("content", question.system());
      }
      messages.addObject().put("role", "user").put("content", prompt);
    } else {
      request.put(
          "prompt", question.system().isEmpty() ? prompt : question.system() + "\n\n" + prompt);
    }
    request.put("max_tokens", answer.tokens());
    boolean drawn = answer.source() == Source.TEXT && answer.samples() > 1;
    request.put("temperature", drawn ? 1 : 0);
    if (answer.source() == Source.LOG_PROBABILITIES && chat) {
      request.put("logprobs", true).put("top_logprobs", answer.alternatives());
    } else if (answer.source() == Source.LOG_PROBABILITIES) {
      request.put("logprobs", answer.alternatives());
    }
    apply(parameters, request);
    return request;
  }

  /** Puts further fields into a request; null takes a field out. */
  static void apply(ObjectNode parameters, ObjectNode request) {
    for (Map.Entry<String, JsonNode> field : parameters.properties()) {
      if (field.getValue().isNull()) {
        request.remove(field.getKey());
      } else {
        request.set(field.getKey(), field.getValue());
      }
    }
  }

  /**
   * 12 hexadecimal digits that change whenever answers may: with the model, the prompt, the words,
   * or how answers are read; not with the server's address.
   */
  String version() {
    ObjectNode all = JSON.createObjectNode();
    all.put("api", question.api().name());
    all.put("revision", question.revision());
    // A place for the text stays a place.
    all.set(
        "request", request(question.prompt().fill("{text}", question.verbalizer().firstWords())));
    all.put("template", question.prompt().template());
    all.set("labels", JSON.valueToTree(question.verbalizer().labels().labels()));
    all.set("words", JSON.valueToTree(question.verbalizer().words()));
    all.put("answer", answer.toString());
    return TeacherVersion.of(all.toString());
  }
}
