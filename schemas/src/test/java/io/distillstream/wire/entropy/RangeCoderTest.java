package io.distillstream.wire.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The expected bytes are those of a coder in Python that keeps all of {@code low} in one integer of
 * any length, so that it has no carry to handle: {@code low += bound; range -= bound; while range <
 * 2**24: range <<= 8; low <<= 8; n += 1}, and at the end {@code low.to_bytes(4 + n, "big")}.
 */
class RangeCoderTest {

  private static final int[][] THROUGH_FULL_BYTES = {
    {0, 1},
    {1, 1},
    {1, 60000},
    {1, 60000},
    {0, 1},
    {1, 1},
    {1, 60000},
    {0, 60000},
    {1, 65535},
    {0, 32768},
    {0, 1},
    {0, 1},
    {1, 65535},
    {1, 1},
    {0, 60000},
    {1, 65535},
    {1, 65535},
    {0, 60000},
    {1, 1},
    {1, 1},
    {0, 32768},
    {0, 32768},
    {1, 65535},
    {1, 32768}
  };

  @Test
  void shouldWriteBits() {
    RangeEncoder encoder = new RangeEncoder();
    for (int i = 0; i < 40; i++) {
      encoder.bit(i % 3 == 0 ? 1 : 0, 1_000 + 1_500 * i);
    }
    assertThat(hex(encoder)).isEqualTo("0075692d9ef11a1d61c0");
  }

  @Test
  void shouldWriteEntries() {
    Frequencies frequencies = frequencies(3, 0, 5, 1);
    RangeEncoder encoder = new RangeEncoder();
    for (int entry : new int[] {0, 2, 2, 3, 0, 2, 0, 0, 3, 2}) {
      encoder.entry(entry, frequencies);
    }
    assertThat(hex(encoder)).isEqualTo("4409f4654b00");
  }

  @Test
  void shouldCarryThroughFullBytes() {
    RangeEncoder encoder = new RangeEncoder();
    for (int[] bit : THROUGH_FULL_BYTES) {
      encoder.bit(bit[0], bit[1]);
    }
    assertThat(hex(encoder)).isEqualTo("0001000092b68d33d73d200b5c8000");
  }

  @Test
  void shouldReadWhatItWroteAndNothingMore() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      int count = random.nextInt(300);
      RangeEncoder encoder = new RangeEncoder();
      int[] written = symbols(encoder, new int[count], new Random(seed));
      ByteBuffer bytes = ByteBuffer.wrap(encoder.finish());
      int[] read = symbols(new RangeDecoder(bytes), written, new Random(seed));
      assertThat(read).as("seed %d", seed).isEqualTo(written);
      assertThat(bytes.remaining()).isZero();
    }
  }

  /** Random bits and entries; what is coded is drawn anew only by an encoder. */
  private static int[] symbols(SymbolCoder coder, int[] given, Random random) {
    Random drawn = coder instanceof RangeEncoder ? new Random(random.nextLong()) : new Random(7);
    if (!(coder instanceof RangeEncoder)) {
      random.nextLong();
    }
    Frequencies frequencies = new Frequencies();
    int[] coded = new int[given.length];
    for (int i = 0; i < coded.length; i++) {
      frequencies.append(1 + random.nextInt(random.nextBoolean() ? 3 : 3_000));
      if (random.nextBoolean()) {
        int probability = 1 + random.nextInt(random.nextBoolean() ? 65_535 : 3);
        coded[i] = coder.bit(drawn.nextInt(2), probability);
      } else {
        coded[i] = coder.entry(drawn.nextInt(frequencies.size()), frequencies);
      }
    }
    return coded;
  }

  @Test
  void shouldTakeWhatProbabilitiesSay() {
    Random random = new Random(1);
    RangeEncoder encoder = new RangeEncoder();
    MeasuredCoder measured = new MeasuredCoder(encoder);
    Frequencies frequencies = frequencies(700, 200, 90, 10);
    for (int i = 0; i < 20_000; i++) {
      measured.bit(random.nextInt(100) < 3 ? 1 : 0, 65_536 * 3 / 100);
      measured.entry(frequencies.at(random.nextInt(1_000)), frequencies);
    }
    double bitsEach = 0.03 * log2(0.03) + 0.97 * log2(0.97);
    double entriesEach = 0.7 * log2(0.7) + 0.2 * log2(0.2) + 0.09 * log2(0.09) + 0.01 * log2(0.01);
    double ideal = -20_000 * (bitsEach + entriesEach) / 8;
    assertThat(measured.bytes()).isCloseTo(ideal, within(0.02 * ideal));
    assertThat((double) encoder.finish().length).isCloseTo(measured.bytes(), within(10.0));
  }

  @Test
  void shouldRefuseBytesThatEndEarly() {
    RangeEncoder encoder = new RangeEncoder();
    for (int i = 0; i < 64; i++) {
      encoder.bit(i & 1, 1 << 15);
    }
    byte[] bytes = encoder.finish();
    ByteBuffer cut = ByteBuffer.wrap(bytes, 0, bytes.length - 1);
    assertThatThrownBy(
            () -> {
              RangeDecoder decoder = new RangeDecoder(cut);
              for (int i = 0; i < 64; i++) {
                decoder.bit(0, 1 << 15);
              }
            })
        .isInstanceOf(BufferUnderflowException.class);
  }

  @Test
  void shouldRefuseAPlaceThatNoEntryHas() {
    ByteBuffer full = ByteBuffer.wrap(new byte[] {-1, -1, -1, -1});
    assertThatThrownBy(() -> new RangeDecoder(full).entry(0, frequencies(3, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Of 7, 7 is coded");
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  private static Frequencies frequencies(int... values) {
    Frequencies frequencies = new Frequencies();
    for (int value : values) {
      frequencies.append(value);
    }
    return frequencies;
  }

  private static String hex(RangeEncoder encoder) {
    return HexFormat.of().formatHex(encoder.finish());
  }
}
