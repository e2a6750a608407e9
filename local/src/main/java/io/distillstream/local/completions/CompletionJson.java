package io.distillstream.local.completions;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.avro.Completion;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import io.distillstream.wire.payload.TokenTableCodec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;

/** A completion as a JSON object. */
final class CompletionJson {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BYTE = 0xff;

  private CompletionJson() {}

  /**
   * Writes one.
   *
   * @param withTokens also its tokens with their alternatives
   * @throws IllegalArgumentException if the table of its tokens contradicts itself
   */
  static String of(Completion completion, boolean withTokens) {
    TokenTable table = completion.getTokens();
    TokensUnusable unusable = completion.getTokensUnusable();
    ObjectNode json = JSON.createObjectNode();
    json.put("exchange_id", completion.getExchangeId());
    json.put("choice", completion.getChoice());
    json.put("endpoint", completion.getEndpoint().name().toLowerCase(Locale.ROOT));
    json.put("streamed", completion.getStreamed());
    json.put("model", completion.getModel());
    json.put("upstream_id", completion.getUpstreamId());
    json.put("prompt", completion.getPrompt());
    json.put("parameters", completion.getParameters());
    json.put("text", completion.getText());
    json.put("reasoning", completion.getReasoning());
    json.put("finish_reason", completion.getFinishReason());
    json.put("redactions", completion.getRedactions());
    json.put("tokens_unusable", unusable == null ? null : unusable.name().toLowerCase(Locale.ROOT));
    json.put("requested_at", completion.getRequestedAt().toString());
    json.put("first_byte_at", completion.getFirstByteAt().toString());
    json.put("answered_at", completion.getAnsweredAt().toString());
    json.put("token_count", table == null ? 0 : table.getTokens());
    if (withTokens && table != null) {
      ArrayNode tokens = json.putArray("tokens");
      TokenTableCodec.decode(table).forEach(token -> tokens.add(token(token)));
    }
    return json.toString();
  }

  private static ObjectNode token(ScoredToken token) {
    ObjectNode json = JSON.createObjectNode();
    name(json, token.token());
    probability(json, "logprob", token.logProbability());
    probability(json, "tail_logprob", token.tailLogMass());
    ArrayNode top = json.putArray("top_logprobs");
    for (Alternative alternative : token.alternatives()) {
      ObjectNode one = top.addObject();
      name(one, alternative.token());
      probability(one, "logprob", alternative.logProbability());
    }
    return json;
  }

  /** JSON knows no infinity: null stands for no probability at all. */
  private static void probability(ObjectNode json, String field, float value) {
    json.put(field, Float.isFinite(value) ? Float.valueOf(value) : null);
  }

  /** As text where it is whole characters, else as numbers. */
  private static void name(ObjectNode json, ByteBuffer token) {
    try {
      json.put("token", UTF_8.newDecoder().decode(token.duplicate()).toString());
    } catch (CharacterCodingException e) {
      ArrayNode bytes = json.putArray("bytes");
      ByteBuffer left = token.duplicate();
      while (left.hasRemaining()) {
        bytes.add(left.get() & BYTE);
      }
    }
  }
}
