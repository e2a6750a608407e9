package io.distillstream.tap.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.avro.TokensUnusable;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes in one answer, whole or part by part. Used by one thread at a time. */
public final class Recorder {

  static final ObjectMapper JSON = new ObjectMapper();

  private final CompletionEndpoint endpoint;
  private final boolean streamed;
  private final byte[] request;
  private final Instant requestedAt;
  private final int mostBytes;
  private final TreeMap<Integer, RecordedChoice> choices = new TreeMap<>();
  private String id = "";
  private String model = "";
  private @Nullable Instant firstByteAt;
  private @Nullable Boolean logProbabilityField;
  private boolean unreadable;
  private boolean tooLarge;

  /**
   * @param request its body, a JSON object; kept, not changed
   * @param mostBytes of memory for what is recorded
   */
  public Recorder(
      CompletionEndpoint endpoint,
      boolean streamed,
      byte[] request,
      Instant requestedAt,
      int mostBytes) {
    this.endpoint = endpoint;
    this.streamed = streamed;
    this.request = request;
    this.requestedAt = requestedAt;
    this.mostBytes = mostBytes;
    this.tooLarge = request.length > mostBytes;
  }

  /**
   * Takes a JSON text in.
   *
   * @param json an answer, or the data of one event
   */
  public void add(byte[] json) {
    if (firstByteAt == null) {
      firstByteAt = Instant.now();
    }
    if (tooLarge || unreadable) {
      return;
    }
    try {
      JsonNode answer = JSON.readTree(json);
      id = answer.path("id").asText(id);
      model = answer.path("model").asText(model);
      for (JsonNode choice : answer.path("choices")) {
        choices
            .computeIfAbsent(choice.path("index").asInt(), index -> new RecordedChoice())
            .add(choice);
        look(choice);
      }
    } catch (JsonProcessingException e) {
      unreadable = true;
    } catch (IOException e) {
      throw new IllegalStateException("Bytes in memory can be read", e);
    }
    if (bytes() > mostBytes) {
      tooLarge = true;
      choices.clear();
    }
  }

  private long bytes() {
    return request.length + choices.values().stream().mapToLong(RecordedChoice::bytes).sum();
  }

  /** Beside text, since only there upstreams would tell log-probabilities. */
  private void look(JsonNode choice) {
    if (!RecordedChoice.text(choice).isEmpty()) {
      logProbabilityField = choice.has("logprobs");
    }
  }

  /**
   * Whether a choice with text had a field for log-probabilities, filled or not; empty before there
   * was one.
   */
  public Optional<Boolean> hasLogProbabilityField() {
    return Optional.ofNullable(logProbabilityField);
  }

  /**
   * Ends the recording.
   *
   * @param whole whether the upstream came to the end of its answer
   * @param withoutTokens why no log-probabilities were to be expected; null where they were
   */
  public Recorded finish(boolean whole, @Nullable TokensUnusable withoutTokens) {
    Instant now = Instant.now();
    return new Recorded(
        endpoint,
        streamed,
        request,
        id,
        model,
        choices,
        tooLarge,
        whole,
        withoutTokens,
        requestedAt,
        firstByteAt == null ? now : firstByteAt,
        now);
  }
}
