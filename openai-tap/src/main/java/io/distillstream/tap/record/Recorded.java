package io.distillstream.tap.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.tap.metrics.Unrecorded;
import io.distillstream.wire.payload.TokenTableCodec;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An exchange that is over, before personal data was taken out of it. Nothing of it is written. */
public final class Recorded {

  /** What shapes the answer; all else, such as the user's name, is nobody's business here. */
  private static final List<String> PARAMETERS =
      List.of(
          "tools",
          "tool_choice",
          "response_format",
          "temperature",
          "top_p",
          "top_k",
          "min_p",
          "seed",
          "stop",
          "max_tokens",
          "max_completion_tokens",
          "frequency_penalty",
          "presence_penalty",
          "reasoning_effort");

  private final CompletionEndpoint endpoint;
  private final boolean streamed;
  private final byte[] request;
  private final String id;
  private final String model;
  private final Map<Integer, RecordedChoice> choices;
  private final @Nullable Unrecorded obstacle;
  private final RecordingMemory.Part memory;
  private final boolean whole;
  private final @Nullable TokensUnusable withoutTokens;
  private final Instant requestedAt;
  private final Instant firstByteAt;
  private final Instant answeredAt;

  Recorded(
      CompletionEndpoint endpoint,
      boolean streamed,
      byte[] request,
      String id,
      String model,
      Map<Integer, RecordedChoice> choices,
      @Nullable Unrecorded obstacle,
      RecordingMemory.Part memory,
      boolean whole,
      @Nullable TokensUnusable withoutTokens,
      Instant requestedAt,
      Instant firstByteAt,
      Instant answeredAt) {
    this.endpoint = endpoint;
    this.streamed = streamed;
    this.request = request;
    this.id = id;
    this.model = model;
    this.choices = choices;
    this.obstacle = obstacle;
    this.memory = memory;
    this.whole = whole;
    this.withoutTokens = withoutTokens;
    this.requestedAt = requestedAt;
    this.firstByteAt = firstByteAt;
    this.answeredAt = answeredAt;
  }

  /** Why it could not be recorded to its end; empty if it could. */
  public Optional<Unrecorded> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  /** Gives its memory back; to be called once nothing more is asked of it. */
  public void free() {
    memory.free();
  }

  /**
   * The records of its choices, without personal data; none where nothing was answered.
   *
   * @param mostBytes of one of them, without its tokens or with them
   */
  public List<Completion> completions(Redaction redaction, int mostBytes) {
    JsonNode asked;
    try {
      asked = Recorder.JSON.readTree(request);
    } catch (IOException e) {
      throw new IllegalStateException("The request was read before", e);
    }
    Redaction.Pass shared = redaction.begin();
    JsonNode prompt = asked.path(endpoint == CompletionEndpoint.CHAT ? "messages" : "prompt");
    String promptText = shared.json(prompt).toString();
    String parameters = shared.json(parameters(asked)).toString();
    String named = model.isEmpty() ? asked.path("model").asText() : model;
    String exchange = UUID.randomUUID().toString();
    List<Completion> completions = new ArrayList<>();
    choices.forEach(
        (index, choice) -> {
          Redaction.Pass pass = redaction.begin();
          String text = pass.text(choice.text());
          String reasoning = choice.reasoning().map(pass::text).orElse(null);
          int redactions = shared.count() + pass.count();
          int size =
              bytes(promptText)
                  + bytes(parameters)
                  + bytes(text)
                  + (reasoning == null ? 0 : bytes(reasoning));
          Tokens tokens = tokens(choice, redactions > 0, mostBytes - size);
          completions.add(
              new Completion(
                  exchange,
                  index,
                  endpoint,
                  streamed,
                  named,
                  id,
                  promptText,
                  parameters,
                  text,
                  reasoning,
                  choice.finishReason().orElse(null),
                  redactions,
                  tokens.table,
                  tokens.unusable,
                  requestedAt,
                  firstByteAt,
                  answeredAt));
        });
    return completions;
  }

  private record Tokens(@Nullable TokenTable table, @Nullable TokensUnusable unusable) {}

  private Tokens tokens(RecordedChoice choice, boolean redacted, int room) {
    Optional<TokensUnusable> fault = choice.fault(whole);
    // A reason that concerns the whole exchange explains why a choice has none.
    if (withoutTokens != null && fault.equals(Optional.of(TokensUnusable.NONE_SENT))) {
      return new Tokens(null, withoutTokens);
    }
    if (fault.isPresent()) {
      return new Tokens(null, fault.get());
    }
    if (redacted) {
      // Alternatives to tokens that were not chosen may spell out what was replaced.
      return new Tokens(null, TokensUnusable.REDACTED);
    }
    TokenTable table = TokenTableCodec.encode(choice.tokens());
    return TokenTableCodec.bytes(table) > room
        ? new Tokens(null, TokensUnusable.TOO_LARGE)
        : new Tokens(table, null);
  }

  private static JsonNode parameters(JsonNode asked) {
    ObjectNode parameters = Recorder.JSON.createObjectNode();
    for (String name : PARAMETERS) {
      if (asked.has(name)) {
        parameters.set(name, asked.path(name));
      }
    }
    return parameters;
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}
