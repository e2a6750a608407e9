package io.distillstream.wire.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.TokenTable;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import io.distillstream.wire.tokens.TokenShares;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTableCodecTest {

  @Test
  void shouldWriteThePlainBytesThatItsSchemaSays() {
    TokenTable table =
        TokenTableCodec.encodePlainly(
            List.of(
                new ScoredToken(
                    token("b"),
                    -1,
                    List.of(new Alternative(token("a"), -0.25f), new Alternative(token("b"), -1)),
                    Float.NEGATIVE_INFINITY),
                new ScoredToken(token("cd"), -4, List.of(new Alternative(token("a"), 0)), -9)));
    assertThat(table.getDictionary()).isEqualTo(bytes(1, 'a', 1, 'b', 2, 'c', 'd'));
    // Two alternatives, the second chosen, both new; then one, none of them chosen: entry 0, new.
    assertThat(table.getMentions()).isEqualTo(bytes(2, 1, 0, 0, 1, 1, 1, 0));
    // 51 √0.25 ≈ 26, 51 more 25, nothing; 0, 51 · 3, 51 · 2.
    assertThat(table.getLogProbabilities()).isEqualTo(bytes(26, 25, 255, 0, 153, 102));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldReadWhatItWrote(boolean distinct) {
    List<ScoredToken> tokens = tokens(new Random(2), 500, distinct);
    TokenTable table = TokenTableCodec.encode(tokens);
    assertThat(table.getCoding()).isEqualTo(TokenTableCodec.CODED);
    assertThat(TokenTableCodec.decode(table)).isEqualTo(tokens);
    assertThat(TokenTableCodec.decode(TokenTableCodec.encodePlainly(tokens))).isEqualTo(tokens);
    assertThat(TokenTableCodec.bytes(table)).isEqualTo(table.getCoded().remaining());
  }

  @Test
  void shouldWriteWhatRepeatsItselfPlainly() {
    ScoredToken same = new ScoredToken(token("a"), 0, List.of(new Alternative(token("a"), 0)), -9);
    List<ScoredToken> tokens =
        Collections.nCopies(
            100_000, TokenTableCodec.decode(TokenTableCodec.encodePlainly(List.of(same))).get(0));
    TokenTable table = TokenTableCodec.encode(tokens);
    assertThat(table.getCoding()).isEqualTo(TokenTableCodec.PLAIN);
    assertThat(TokenTableCodec.decode(table)).isEqualTo(tokens);
  }

  /** Random ones, with log-probabilities that rounding leaves as they are. */
  private static List<ScoredToken> tokens(Random random, int count, boolean distinct) {
    List<ScoredToken> tokens = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      IntStream numbers = random.ints(0, 300);
      List<Alternative> alternatives =
          (distinct ? numbers.distinct() : numbers)
              .limit(random.nextInt(30))
              .mapToObj(n -> new Alternative(token("t" + n), rounded(random)))
              .sorted((a, b) -> Float.compare(b.logProbability(), a.logProbability()))
              .toList();
      boolean among = !alternatives.isEmpty() && random.nextBoolean();
      Alternative chosen =
          among
              ? alternatives.get(random.nextInt(alternatives.size()))
              : new Alternative(token("other " + i), rounded(random));
      // The first of equal ones is found.
      Alternative found =
          alternatives.stream()
              .filter(one -> one.token().equals(chosen.token()))
              .findFirst()
              .orElse(chosen);
      tokens.add(
          new ScoredToken(found.token(), found.logProbability(), alternatives, rounded(random)));
    }
    return tokens;
  }

  @Test
  void shouldSayWhichCodingItDoesNotKnow() {
    TokenTable later = new TokenTable(1, bytes(), bytes(), bytes(), 7, bytes(1, 2, 3));
    assertThatThrownBy(() -> TokenTableCodec.decode(later))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Tokens are in coding 7; this release reads 0 and 1");
    assertThatThrownBy(() -> TokenTableCodec.shares(later))
        .hasMessage("Tokens are in coding 7; this release reads 0 and 1");
  }

  @Test
  void shouldSayWhatTheColumnsTake() {
    TokenTable plain = plain(1, bytes(1, 'a'), bytes(1, 0, 0), bytes(7, 7));
    assertThat(TokenTableCodec.shares(plain)).isEqualTo(new TokenShares(2, 3, 2));
  }

  @Test
  void shouldRoundNoFurtherThanItsSchemaSays() {
    for (double l = 0; l < 24.8; l += 0.001) {
      assertThat(TokenTableCodec.rounded((float) -l))
          .isCloseTo((float) -l, within((float) (Math.sqrt(l) / 51 + 0.0001)));
    }
    assertThat(TokenTableCodec.rounded(-25)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(TokenTableCodec.rounded(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(TokenTableCodec.rounded(0)).isZero();
  }

  @Test
  void shouldRefuseWhatContradictsItself() {
    ByteBuffer one = bytes(0);
    assertRefused(plain(1, bytes(1, 'a'), bytes(1, 0, 0), bytes(7)));
    assertRefused(plain(1, bytes(1), bytes(0, 0, 0), bytes(7, 7)));
    assertRefused(plain(1, bytes(1, 'a'), bytes(0, 0, 2), bytes(7, 7)));
    assertRefused(plain(1, bytes(1, 'a'), bytes(0, 1, 0), bytes(7, 7)));
    assertRefused(plain(0, bytes(), one, bytes()));
    assertRefused(plain(1, bytes(), bytes(255, 255, 255, 255, 255), bytes()));
  }

  private static TokenTable plain(
      int tokens, ByteBuffer dictionary, ByteBuffer mentions, ByteBuffer logProbabilities) {
    return new TokenTable(
        tokens, dictionary, mentions, logProbabilities, TokenTableCodec.PLAIN, bytes());
  }

  private static void assertRefused(TokenTable table) {
    assertThatThrownBy(() -> TokenTableCodec.decode(table))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static float rounded(Random random) {
    return TokenTableCodec.rounded(-30 * random.nextFloat());
  }

  private static ByteBuffer token(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static ByteBuffer bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteBuffer.wrap(bytes);
  }
}
