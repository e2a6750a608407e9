package io.distillstream.tap.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.openai.TokenReader;
import io.distillstream.openai.UnusableTokensException;
import io.distillstream.wire.payload.ScoredToken;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One choice of an answer, as far as it has come. */
final class RecordedChoice {

  private static final String STOP = "stop";

  /** Of an alternative: its token, shared by most, and two objects. */
  private static final int ALTERNATIVE_BYTES = 48;

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<ScoredToken> tokens = new ArrayList<>();
  private final TokenReader reader = new TokenReader();
  private @Nullable String finishReason;
  private @Nullable TokensUnusable fault;
  private boolean callsTools;
  private long tokenBytes;

  void add(JsonNode choice) {
    JsonNode message = message(choice);
    text.append(text(choice));
    reasoning.append(message.path("reasoning_content").asText(""));
    reasoning.append(message.path("reasoning").asText(""));
    callsTools |= !message.path("tool_calls").isEmpty() || message.path("function_call").isObject();
    JsonNode reason = choice.path("finish_reason");
    if (reason.isTextual()) {
      finishReason = reason.asText();
    }
    if (fault != null) {
      return;
    }
    try {
      List<ScoredToken> read = reader.read(choice.path("logprobs"));
      tokens.addAll(read);
      read.forEach(
          token -> tokenBytes += (long) ALTERNATIVE_BYTES * (1 + token.alternatives().size()));
    } catch (UnusableTokensException e) {
      fault = e.reason();
      tokens.clear();
      tokenBytes = 0;
    }
  }

  private static JsonNode message(JsonNode choice) {
    return choice.path(choice.has("delta") ? "delta" : "message");
  }

  static String text(JsonNode choice) {
    JsonNode text = choice.has("text") ? choice.path("text") : message(choice).path("content");
    return text.isTextual() ? text.asText() : "";
  }

  String text() {
    return text.toString();
  }

  Optional<String> reasoning() {
    return reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning.toString());
  }

  Optional<String> finishReason() {
    return Optional.ofNullable(finishReason);
  }

  List<ScoredToken> tokens() {
    return tokens;
  }

  /** A guess at the memory that it takes. */
  long bytes() {
    return 2L * (text.length() + reasoning.length()) + tokenBytes;
  }

  /** What keeps the tokens from being of use for training; empty if nothing does. */
  Optional<TokensUnusable> fault(boolean whole) {
    if (callsTools) {
      return Optional.of(TokensUnusable.TOOL_CALLS);
    }
    if (!whole || finishReason == null) {
      return Optional.of(TokensUnusable.CUT_SHORT);
    }
    if (fault != null) {
      return Optional.of(fault);
    }
    if (tokens.isEmpty()) {
      return Optional.of(TokensUnusable.NONE_SENT);
    }
    return makesUpText() ? Optional.empty() : Optional.of(TokensUnusable.MISALIGNED);
  }

  /** The token that ended it may be told and not be part of the text. */
  private boolean makesUpText() {
    ByteBuffer rest = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
    for (int i = 0; i < tokens.size(); i++) {
      ByteBuffer token = tokens.get(i).token();
      boolean last = i == tokens.size() - 1;
      if (last && !rest.hasRemaining()) {
        return !token.hasRemaining() || STOP.equals(finishReason);
      }
      if (token.remaining() > rest.remaining()
          || !token.equals(rest.slice(rest.position(), token.remaining()))) {
        return false;
      }
      rest.position(rest.position() + token.remaining());
    }
    return !rest.hasRemaining();
  }
}
