package io.distillstream.wire.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.wire.entropy.RangeEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenCodingTest {

  @Test
  void shouldReadWhatItWrote() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<TokenPosition> positions = new ArrayList<>();
      int count = random.nextInt(60);
      for (int i = 0; i < count; i++) {
        positions.add(position(random));
      }
      byte[] bytes = TokenCoding.encode(positions).orElseThrow();
      List<TokenPosition> read = TokenCoding.decode(ByteBuffer.wrap(bytes), count);
      assertThat(read.stream().map(TokenCodingTest::text))
          .as("seed %d", seed)
          .isEqualTo(positions.stream().map(TokenCodingTest::text).toList());
    }
  }

  /** All of a vocabulary, at each position. */
  @Test
  void shouldReadWhatHasManyAlternatives() {
    List<TokenPosition> positions = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, 50_000).boxed().toList());
      Collections.shuffle(order, new Random(i));
      ByteBuffer[] tokens =
          order.stream().map(n -> token(Integer.toString(n, 36))).toArray(ByteBuffer[]::new);
      int[] codes = IntStream.range(0, tokens.length).map(n -> n / 200).toArray();
      positions.add(new TokenPosition(tokens.length, i, codes, tokens, 255));
    }
    byte[] bytes = TokenCoding.encode(positions).orElseThrow();
    List<TokenPosition> read = TokenCoding.decode(ByteBuffer.wrap(bytes), 3);
    assertThat(text(read.get(2))).isEqualTo(text(positions.get(2)));
  }

  /** A model's tokens may be written alike; that the same text is meant twice, nothing tells. */
  @Test
  void shouldReadTokensThatAreWrittenAlike() {
    List<TokenPosition> positions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ByteBuffer[] tokens = {token("a"), token("b" + i), token("a"), token("a"), token("b" + i)};
      positions.add(new TokenPosition(4 + i % 2, i % 2, new int[] {1, 2, 3, 4, 5}, tokens, 0));
    }
    byte[] bytes = TokenCoding.encode(positions).orElseThrow();
    List<TokenPosition> read = TokenCoding.decode(ByteBuffer.wrap(bytes), 20);
    assertThat(read.stream().map(TokenCodingTest::text))
        .isEqualTo(positions.stream().map(TokenCodingTest::text).toList());
  }

  @Test
  void shouldNotEncodeWhatWouldBeTakenForABomb() {
    assertThat(TokenCoding.encode(alike(100_000))).isEmpty();
    assertThat(TokenCoding.encode(alike(100))).isPresent();
  }

  @Test
  void shouldNotEncodeMoreAlternativesThanItCanCount() {
    int most = 1 << 20;
    assertThat(
            TokenCoding.encode(
                List.of(new TokenPosition(most, 0, new int[most], new ByteBuffer[most], 0))))
        .isEmpty();
  }

  @Test
  void shouldRefuseToDecodeABomb() {
    byte[] bytes = forged(alike(200_000));
    assertThat(bytes.length).isLessThan(30_000);
    assertThatThrownBy(() -> TokenCoding.decode(ByteBuffer.wrap(bytes), 200_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The table says more than");
  }

  /** A text of megabytes in a few bytes. */
  @Test
  void shouldRefuseToDecodeALongText() {
    ByteBuffer text = token("a".repeat(500_000));
    byte[] bytes = forged(List.of(new TokenPosition(1, 0, new int[1], new ByteBuffer[] {text}, 0)));
    assertThat(bytes.length).isLessThan(20_000);
    assertThatThrownBy(() -> TokenCoding.decode(ByteBuffer.wrap(bytes), 1))
        .hasMessageContaining("The table says more than");
  }

  @Test
  void shouldRefuseWhatEndsEarlyOrGoesOn() {
    Random random = new Random(5);
    List<TokenPosition> positions = List.of(position(random), position(random), position(random));
    byte[] bytes = TokenCoding.encode(positions).orElseThrow();
    for (int length = 0; length < bytes.length; length++) {
      assertRefused(Arrays.copyOf(bytes, length), 3);
    }
    assertRefused(Arrays.copyOf(bytes, bytes.length + 1), 3);
    assertRefused(bytes, 2);
    assertRefused(bytes, 4);
    assertRefused(bytes, Integer.MAX_VALUE);
  }

  @Test
  void shouldReadOrRefuseAnyBytes() {
    int refused = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(400)];
      random.nextBytes(bytes);
      Arrays.fill(bytes, 0, random.nextInt(bytes.length + 1), (byte) random.nextInt());
      int count = random.nextInt(30);
      try {
        assertThat(TokenCoding.decode(ByteBuffer.wrap(bytes), count)).hasSize(count);
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_900);
  }

  @Test
  void shouldSayWhatThePartsTake() {
    Random random = new Random(6);
    List<TokenPosition> positions = IntStream.range(0, 40).mapToObj(i -> position(random)).toList();
    byte[] bytes = TokenCoding.encode(positions).orElseThrow();
    TokenShares shares = TokenCoding.shares(ByteBuffer.wrap(bytes), 40);
    assertThat(shares.dictionary()).isPositive();
    assertThat(shares.mentions()).isPositive();
    assertThat(shares.logProbabilities()).isPositive();
    assertThat(shares.dictionary() + shares.mentions() + shares.logProbabilities())
        .isBetween(bytes.length - 5.0, bytes.length + 0.0);
  }

  private static void assertRefused(byte[] bytes, int count) {
    assertThatThrownBy(() -> TokenCoding.decode(ByteBuffer.wrap(bytes), count))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** As {@link TokenCoding#encode} does, without its limits. */
  private static byte[] forged(List<TokenPosition> positions) {
    TokenModel model = Sample.model();
    RangeEncoder encoder = new RangeEncoder();
    for (TokenPosition position : positions) {
      model.code(TokenCoders.of(encoder), position, Budget.largest());
    }
    return encoder.finish();
  }

  private static List<TokenPosition> alike(int count) {
    return Collections.nCopies(
        count, new TokenPosition(1, 0, new int[1], new ByteBuffer[] {token(" a")}, 255));
  }

  /** Alternatives need not fall, and tokens may be any bytes. */
  private static TokenPosition position(Random random) {
    int size = random.nextInt(25);
    int rank = random.nextInt(size + 1);
    int[] codes = random.ints(size + 1, 0, 256).toArray();
    if (random.nextInt(4) > 0) {
      Arrays.sort(codes, 0, size);
    }
    ByteBuffer[] tokens =
        random
            .ints(0, 300)
            .distinct()
            .limit(size + 1L)
            .mapToObj(TokenCodingTest::nth)
            .toArray(ByteBuffer[]::new);
    return new TokenPosition(size, rank, codes, tokens, random.nextInt(256));
  }

  private static ByteBuffer nth(int n) {
    if (n % 7 == 0) {
      return token(n == 0 ? "" : " Word" + n);
    }
    byte[] bytes = new byte[n % 7 + 1];
    new Random(n).nextBytes(bytes);
    bytes[0] = (byte) n;
    bytes[1] = (byte) (n >> Byte.SIZE);
    return ByteBuffer.wrap(bytes);
  }

  private static String text(TokenPosition position) {
    StringBuilder text = new StringBuilder();
    text.append(position.size).append(' ').append(position.rank).append(' ').append(position.tail);
    for (int i = 0; i < Math.max(position.size, position.rank + 1); i++) {
      byte[] bytes = new byte[position.tokens[i].remaining()];
      position.tokens[i].duplicate().get(bytes);
      text.append(' ').append(position.codes[i]).append(Arrays.toString(bytes));
    }
    return text.toString();
  }

  private static ByteBuffer token(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
