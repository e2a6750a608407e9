package io.distillstream.local.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import io.distillstream.wire.payload.TokenTableCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompletionJsonTest {

  private static final TokenTable TABLE =
      TokenTableCodec.encode(
          List.of(
              new ScoredToken(
                  bytes('h', 'i'),
                  -1,
                  List.of(
                      new Alternative(bytes('h', 'i'), -1),
                      new Alternative(bytes(0xe2), Float.NEGATIVE_INFINITY)),
                  -4)));

  @Test
  void shouldPrintTokensAndTheirAlternatives() throws Exception {
    JsonNode json = new ObjectMapper().readTree(CompletionJson.of(completion(TABLE, null), true));
    assertThat(json.path("text").asText()).isEqualTo("hi");
    assertThat(json.path("token_count").asInt()).isEqualTo(1);
    JsonNode token = json.path("tokens").path(0);
    assertThat(token.path("token").asText()).isEqualTo("hi");
    assertThat(token.path("logprob").asDouble()).isEqualTo(-1);
    assertThat(token.path("tail_logprob").asDouble()).isEqualTo(-4);
    assertThat(token.path("top_logprobs").path(1).path("bytes").path(0).asInt()).isEqualTo(0xe2);
    assertThat(token.path("top_logprobs").path(1).path("logprob").isNull()).isTrue();
  }

  @Test
  void shouldPrintTokensOnlyWhereTheyAreAskedForAndThere() {
    assertThat(CompletionJson.of(completion(TABLE, null), false)).doesNotContain("\"tokens\"");
    assertThat(CompletionJson.of(completion(null, TokensUnusable.CUT_SHORT), true))
        .contains("\"tokens_unusable\":\"cut_short\"")
        .doesNotContain("\"tokens\"");
  }

  @Test
  void shouldCountByUse() {
    CompletionStats stats = new CompletionStats();
    stats.add(completion(TABLE, null), 40);
    stats.add(completion(null, TokensUnusable.CUT_SHORT), 30);
    stats.add(completion(null, TokensUnusable.CUT_SHORT), 30);
    assertThat(stats.lines())
        .extracting(line -> line.replaceAll("\\s+", " "))
        .contains("completions 3", "with tokens 1", "without: cut_short 2", "tokens 1")
        .contains("bytes a token, whole record 40.0 before compression")
        .anyMatch(line -> line.startsWith("mean entropy, median 0.19"));
  }

  @Test
  void shouldSayWhatThePartsTake() {
    TokenTable plain = TokenTableCodec.encodePlainly(TokenTableCodec.decode(TABLE));
    CompletionStats stats = new CompletionStats();
    stats.add(completion(plain, null), 40);
    assertThat(stats.lines())
        .extracting(line -> line.trim().replaceAll("\\s+", " "))
        .contains("bytes a token 12.0 before compression")
        .contains("dictionary 5.0 texts of tokens")
        .contains("mentions 4.0 which tokens, and the chosen one")
        .contains("log-probabilities 3.0 and the mass of the others");
  }

  @Test
  void shouldNotPrintTokensOfACodingThatIsNotKnown() {
    ByteBuffer none = ByteBuffer.allocate(0);
    TokenTable later = new TokenTable(1, none, none, none, 7, bytes(1));
    assertThat(CompletionJson.of(completion(later, null), false)).contains("\"token_count\":1");
    assertThatThrownBy(() -> CompletionJson.of(completion(later, null), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("coding 7");
  }

  @Test
  void shouldKnowKeysSeenBefore() {
    RecentKeys keys = new RecentKeys();
    assertThat(keys.add("a")).isTrue();
    assertThat(keys.add("a")).isFalse();
  }

  private static Completion completion(
      @Nullable TokenTable table, @Nullable TokensUnusable unusable) {
    return new Completion(
        "e",
        0,
        CompletionEndpoint.CHAT,
        false,
        "m",
        "",
        "[]",
        "{}",
        "hi",
        null,
        "stop",
        0,
        table,
        unusable,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private static ByteBuffer bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteBuffer.wrap(bytes);
  }
}
