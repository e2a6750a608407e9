package io.distillstream.wire.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.TokenTable;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenTableCodecTest {

  @Test
  void shouldWriteTheBytesThatItsSchemaSays() {
    TokenTable table =
        TokenTableCodec.encode(
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

  @Test
  void shouldReadWhatItWrote() {
    Random random = new Random(1);
    List<ScoredToken> tokens = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      List<Alternative> alternatives =
          IntStream.range(0, random.nextInt(30))
              .mapToObj(n -> new Alternative(token("t" + random.nextInt(300)), rounded(random)))
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
    assertThat(TokenTableCodec.decode(TokenTableCodec.encode(tokens))).isEqualTo(tokens);
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
    assertRefused(new TokenTable(1, bytes(1, 'a'), bytes(1, 0, 0), bytes(7)));
    assertRefused(new TokenTable(1, bytes(1), bytes(0, 0, 0), bytes(7, 7)));
    assertRefused(new TokenTable(1, bytes(1, 'a'), bytes(0, 0, 2), bytes(7, 7)));
    assertRefused(new TokenTable(1, bytes(1, 'a'), bytes(0, 1, 0), bytes(7, 7)));
    assertRefused(new TokenTable(0, bytes(), one, bytes()));
    assertRefused(new TokenTable(1, bytes(), bytes(255, 255, 255, 255, 255), bytes()));
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
