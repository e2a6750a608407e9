package io.distillstream.wire.opinion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenEntropyTest {

  private static final double BIT = Math.log(2);
  private static final float HALF = (float) -BIT;
  private static final float NOTHING = Float.NEGATIVE_INFINITY;

  @Test
  void shouldBeThatOfTheAlternatives() {
    assertThat(TokenEntropy.of(token("a", HALF, NOTHING, choice("a", HALF), choice("b", HALF))))
        .isCloseTo(BIT, within(1e-6));
    assertThat(TokenEntropy.of(token("a", 0, NOTHING, choice("a", 0)))).isZero();
  }

  @Test
  void shouldCountAllOtherTokensAsOne() {
    assertThat(TokenEntropy.of(token("a", HALF, HALF, choice("a", HALF))))
        .isCloseTo(BIT, within(1e-6));
  }

  @Test
  void shouldCountTheChosenTokenWhereItIsNoAlternative() {
    float quarter = 2 * HALF;

    // One half for "a", one quarter for "b", one quarter for all others.
    assertThat(TokenEntropy.of(token("b", quarter, HALF, choice("a", HALF))))
        .isCloseTo(1.5 * BIT, within(1e-6));
    // Without alternatives at all.
    assertThat(TokenEntropy.of(token("b", HALF, 0))).isCloseTo(BIT, within(1e-6));
  }

  @Test
  void shouldBeTheMeanOfACompletionsTokens() {
    ScoredToken sure = token("a", 0, NOTHING, choice("a", 0));
    ScoredToken open = token("a", HALF, NOTHING, choice("a", HALF), choice("b", HALF));

    assertThat(TokenEntropy.mean(List.of(sure, open))).isCloseTo(BIT / 2, within(1e-6));
    assertThat(TokenEntropy.mean(List.of())).isNaN();
  }

  private static ScoredToken token(
      String token, float logProbability, float tail, Alternative... alternatives) {
    return new ScoredToken(bytes(token), logProbability, List.of(alternatives), tail);
  }

  private static Alternative choice(String token, float logProbability) {
    return new Alternative(bytes(token), logProbability);
  }

  private static ByteBuffer bytes(String token) {
    return ByteBuffer.wrap(token.getBytes(UTF_8));
  }
}
