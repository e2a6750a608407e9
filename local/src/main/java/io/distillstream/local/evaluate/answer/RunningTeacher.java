package io.distillstream.local.evaluate.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.local.feed.PredictCalls;
import io.distillstream.local.server.ServerAccess;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.LabelSpace;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The teacher of a running pipeline, asked over HTTP with {@code "record": false}. */
public final class RunningTeacher implements Answerer {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HINT =
      "--teacher-url names another, --only student,artifact does without";
  private static final Duration MODEL_TIMEOUT = Duration.ofSeconds(10);

  private final String url;
  private final PredictCalls calls;
  private final LabelSpace labels;
  private final String description;

  private RunningTeacher(String url, ServerAccess access, Duration patience, JsonNode model) {
    this.url = url;
    this.calls = new PredictCalls(url, patience, false, access);
    this.labels =
        new LabelSpace(
            StreamSupport.stream(model.path("labels").spliterator(), false)
                .map(JsonNode::asText)
                .toList());
    this.description =
        "%s, version %s, at %s"
            .formatted(
                model.path("teacher_id").asText("teacher"),
                model.path("teacher_version").asText("unknown"),
                url);
  }

  /**
   * Asks who answers there.
   *
   * @param url such as {@code http://127.0.0.1:8080}
   * @param access what it asks for
   * @throws CommandFailedException if no teacher does
   */
  public static RunningTeacher connect(String url, ServerAccess access)
      throws InterruptedException {
    return connect(url, access, PATIENCE, HINT);
  }

  /**
   * The same for another command.
   *
   * @param patience how long it may be unable to answer a call
   * @param hint what can be done where none answers
   */
  public static RunningTeacher connect(
      String url, ServerAccess access, Duration patience, String hint) throws InterruptedException {
    URI address = URI.create(url.replaceAll("/+$", "") + "/v1/model");
    try {
      JsonNode model = JSON.readTree(access.get(address, MODEL_TIMEOUT));
      if (model.path("labels").size() < 2) {
        throw new CommandFailedException(address + " names no labels; is a teacher there?");
      }
      return new RunningTeacher(url, access, patience, model);
    } catch (IOException e) {
      throw new CommandFailedException(
          "No teacher answers at %s; is a pipeline running? %s".formatted(address, hint), e);
    }
  }

  @Override
  public Role role() {
    return Role.TEACHER;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public LabelSpace labels() {
    return labels;
  }

  @Override
  public List<Answer> answer(List<String> texts) throws InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("record", false);
    texts.forEach(body.putArray("texts")::add);
    try {
      JsonNode predictions =
          JSON.readTree(calls.post(body.toString(), () -> {})).path("predictions");
      if (predictions.size() != texts.size()) {
        throw new CommandFailedException(
            "%s answered %d of %d texts".formatted(url, predictions.size(), texts.size()));
      }
      List<Answer> answers = new ArrayList<>(texts.size());
      for (JsonNode prediction : predictions) {
        answers.add(answer(prediction.path("probabilities")));
      }
      return answers;
    } catch (JsonProcessingException e) {
      throw new CommandFailedException(url + " answered no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private Answer answer(JsonNode probabilities) {
    return Answer.ofProbabilities(
        labels.labels().stream()
            .mapToDouble(
                label -> {
                  JsonNode probability = probabilities.path(label);
                  if (!probability.isNumber()) {
                    throw new CommandFailedException(
                        "%s gives no probability of '%s'".formatted(url, label));
                  }
                  return probability.asDouble();
                })
            .toArray());
  }

  @Override
  public void close() {}
}
