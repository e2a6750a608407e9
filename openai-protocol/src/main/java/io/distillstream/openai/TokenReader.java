package io.distillstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads tokens from the field {@code logprobs} of a choice, in the form of chats ({@code content})
 * or in the older one of completions ({@code tokens}, {@code token_logprobs}, {@code
 * top_logprobs}).
 */
public final class TokenReader {

  /** Log-probabilities are written with a few digits, and their sum may be a little over 1. */
  private static final double TOLERANCE = 0.01;

  /** What OpenAI writes for a token that is too unlikely. */
  private static final double UNLIKELY = -9_999;

  private static final int BYTE = 0xff;

  private static final Comparator<Alternative> FALLING =
      Comparator.comparingDouble((Alternative alternative) -> -alternative.logProbability());

  /** Each token once: a completion mentions most of them many times. */
  private final Map<ByteBuffer, ByteBuffer> known = new HashMap<>();

  /**
   * Reads what one choice of an answer, or of an event, says.
   *
   * @param logprobs may be null or missing
   * @throws UnusableTokensException if it cannot be true
   */
  public List<ScoredToken> read(JsonNode logprobs) throws UnusableTokensException {
    List<ScoredToken> tokens = new ArrayList<>();
    if (logprobs.path("content").isArray()) {
      for (JsonNode entry : logprobs.path("content")) {
        tokens.add(ofChat(entry));
      }
    } else if (logprobs.path("tokens").isArray()) {
      for (int i = 0; i < logprobs.path("tokens").size(); i++) {
        tokens.add(ofText(logprobs, i));
      }
    }
    requireDistinct(tokens);
    return tokens;
  }

  private ScoredToken ofChat(JsonNode entry) throws UnusableTokensException {
    List<Alternative> alternatives = new ArrayList<>();
    for (JsonNode top : entry.path("top_logprobs")) {
      alternatives.add(new Alternative(token(top), logProbability(top.path("logprob"))));
    }
    return scored(token(entry), logProbability(entry.path("logprob")), alternatives);
  }

  private ScoredToken ofText(JsonNode logprobs, int index) throws UnusableTokensException {
    List<Alternative> alternatives = new ArrayList<>();
    for (Map.Entry<String, JsonNode> top : logprobs.path("top_logprobs").path(index).properties()) {
      alternatives.add(
          new Alternative(shared(top.getKey().getBytes(UTF_8)), logProbability(top.getValue())));
    }
    ByteBuffer token = shared(logprobs.path("tokens").path(index).asText().getBytes(UTF_8));
    return scored(token, logProbability(logprobs.path("token_logprobs").path(index)), alternatives);
  }

  private static ScoredToken scored(
      ByteBuffer token, float logProbability, List<Alternative> alternatives)
      throws UnusableTokensException {
    alternatives.sort(FALLING);
    double mass = 0;
    for (Alternative alternative : alternatives) {
      mass += Math.exp(alternative.logProbability());
    }
    if (mass > 1 + TOLERANCE) {
      throw new UnusableTokensException(TokensUnusable.INVALID);
    }
    float tail = mass < 1 ? (float) Math.log1p(-mass) : Float.NEGATIVE_INFINITY;
    return new ScoredToken(token, logProbability, alternatives, tail);
  }

  private ByteBuffer token(JsonNode entry) throws UnusableTokensException {
    JsonNode told = entry.path("bytes");
    if (!told.isArray()) {
      if (!entry.path("token").isTextual()) {
        throw new UnusableTokensException(TokensUnusable.INVALID);
      }
      return shared(entry.path("token").asText().getBytes(UTF_8));
    }
    byte[] bytes = new byte[told.size()];
    for (int i = 0; i < bytes.length; i++) {
      int value = told.get(i).asInt(-1);
      if (value < 0 || value > BYTE) {
        throw new UnusableTokensException(TokensUnusable.INVALID);
      }
      bytes[i] = (byte) value;
    }
    return shared(bytes);
  }

  private ByteBuffer shared(byte[] bytes) {
    return known.computeIfAbsent(ByteBuffer.wrap(bytes), token -> token);
  }

  private static float logProbability(JsonNode node) throws UnusableTokensException {
    double value = node.isNumber() ? node.asDouble() : Double.NaN;
    if (!(value <= TOLERANCE)) {
      throw new UnusableTokensException(TokensUnusable.INVALID);
    }
    return value <= UNLIKELY ? Float.NEGATIVE_INFINITY : (float) Math.min(0, value);
  }

  /**
   * Two tokens that follow each other have other alternatives, or the same with other
   * probabilities; some servers tell those of the first token for each of a chunk.
   */
  private static void requireDistinct(List<ScoredToken> tokens) throws UnusableTokensException {
    @Nullable ScoredToken before = null;
    for (ScoredToken token : tokens) {
      if (before != null
          && token.alternatives().size() > 1
          && token.alternatives().equals(before.alternatives())) {
        throw new UnusableTokensException(TokensUnusable.REPEATED);
      }
      before = token;
    }
  }
}
