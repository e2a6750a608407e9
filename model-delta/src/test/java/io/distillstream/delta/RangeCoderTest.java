package io.distillstream.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeCoderTest {
  private static final int BITS = 200_000;

  @Test
  void shouldReadBackBitsOfAnyProbability() throws IOException {
    byte[] coded = coded(7, 1 << 16);
    RangeDecoder decoder = new RangeDecoder(new ByteArrayInputStream(coded));
    Random random = new Random(7);
    for (int i = 0; i < BITS; i++) {
      int one = 1 + random.nextInt((1 << 16) - 1);
      int bit = random.nextInt(1 << 16) < one ? 1 : 0;
      assertThat(decoder.code(0, one)).isEqualTo(bit);
    }
    decoder.finish();
  }

  @Test
  void shouldTakeAsManyBitsAsTheEntropy() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RangeEncoder encoder = new RangeEncoder(out);
    Random random = new Random(8);
    int one = 655;
    double entropy = 0;
    for (int i = 0; i < BITS; i++) {
      int bit = random.nextInt(1 << 16) < one ? 1 : 0;
      encoder.code(bit, one);
      entropy -= Math.log((bit == 1 ? one : (1 << 16) - one) / 65536.0) / Math.log(2);
    }
    encoder.finish();
    assertThat(8.0 * out.size()).isCloseTo(entropy, within(entropy / 1000 + 32));
  }

  @Test
  void shouldSayThatDataEndsEarly() throws IOException {
    byte[] coded = coded(7, 1 << 16);
    RangeDecoder decoder =
        new RangeDecoder(new ByteArrayInputStream(Arrays.copyOf(coded, coded.length / 2)));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < BITS; i++) {
                decoder.code(0, 1 << 15);
              }
            })
        .isInstanceOf(InvalidDeltaException.class)
        .hasMessage("It ends early");
  }

  private static byte[] coded(long seed, int range) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RangeEncoder encoder = new RangeEncoder(out);
    Random random = new Random(seed);
    for (int i = 0; i < BITS; i++) {
      int one = 1 + random.nextInt(range - 1);
      encoder.code(random.nextInt(range) < one ? 1 : 0, one);
    }
    encoder.finish();
    return out.toByteArray();
  }
}
