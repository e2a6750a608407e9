package io.distillstream.tap.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.tap.metrics.Unrecorded;
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
  private final RecordingMemory.Part memory;
  private final TreeMap<Integer, RecordedChoice> choices = new TreeMap<>();
  private String id = "";
  private String model = "";
  private @Nullable Instant firstByteAt;
  private @Nullable Boolean logProbabilityField;
  private boolean unreadable;
  private long counted;

  /** Why it can be recorded no further; null while it can. */
  private @Nullable Unrecorded obstacle;

  /**
   * @param request its body, a JSON object; kept, not changed
   * @param mostBytes of memory for what is recorded
   * @param memory which the request has been taken from
   */
  public Recorder(
      CompletionEndpoint endpoint,
      boolean streamed,
      byte[] request,
      Instant requestedAt,
      int mostBytes,
      RecordingMemory.Part memory) {
    this.endpoint = endpoint;
    this.streamed = streamed;
    this.request = request;
    this.requestedAt = requestedAt;
    this.mostBytes = mostBytes;
    this.memory = memory;
    this.counted = request.length;
    this.obstacle = request.length > mostBytes ? Unrecorded.TOO_LARGE : null;
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
    if (obstacle != null || unreadable) {
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
    long bytes = bytes();
    if (bytes > mostBytes) {
      obstacle = Unrecorded.TOO_LARGE;
    } else if (!memory.take(bytes - counted)) {
      obstacle = Unrecorded.MEMORY_FULL;
    }
    counted = bytes;
    if (obstacle != null) {
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
        obstacle,
        memory,
        whole,
        withoutTokens,
        requestedAt,
        firstByteAt == null ? now : firstByteAt,
        now);
  }
}
