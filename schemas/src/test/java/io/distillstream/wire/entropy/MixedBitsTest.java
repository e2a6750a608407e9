package io.distillstream.wire.entropy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MixedBitsTest {

  private static final int NUMBERS = 5_000;

  @Test
  void shouldReadWhatItWrote() {
    Random random = new Random(1);
    int[] numbers = random.ints(NUMBERS, 0, 1 << 20).map(n -> n >> n % 20).toArray();
    RangeEncoder encoder = new RangeEncoder();
    code(encoder, numbers, new MixedBits(2, 1, 10));
    RangeDecoder decoder = new RangeDecoder(ByteBuffer.wrap(encoder.finish()));
    assertThat(code(decoder, new int[NUMBERS], new MixedBits(2, 1, 10))).isEqualTo(numbers);
  }

  /** Of the numbers 0 to 3, which come in turn, the one before tells which is next. */
  @Test
  void shouldLearnWhichContextTells() {
    int[] numbers = new int[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      numbers[i] = i % 4;
    }
    MeasuredCoder measured = new MeasuredCoder(new RangeEncoder());
    code(measured, numbers, new MixedBits(2, 1, 10));
    assertThat(measured.bytes() * 8 / NUMBERS).isLessThan(0.05);
  }

  @Test
  void shouldNotTakeMuchMoreThanChanceWhereNothingTells() {
    int[] bits = new Random(2).ints(NUMBERS, 0, 2).toArray();
    MeasuredCoder measured = new MeasuredCoder(new RangeEncoder());
    MixedBits mixed = new MixedBits(2, 1, 10);
    for (int bit : bits) {
      mixed.code(measured, bit, new int[] {1, 2}, 0, 0);
    }
    assertThat(measured.bytes() * 8 / NUMBERS).isBetween(0.99, 1.05);
  }

  @Test
  void shouldGoOnByItselfAsACopy() {
    MixedBits one = new MixedBits(1, 1, 10);
    int[] context = {5};
    one.code(new RangeEncoder(), 1, context, 0, 0);
    MeasuredCoder before = new MeasuredCoder(new RangeEncoder());
    one.copy().code(before, 1, context, 0, 0);
    MixedBits other = one.copy();
    for (int i = 0; i < 100; i++) {
      other.code(new RangeEncoder(), 0, context, 0, 0);
    }
    MeasuredCoder after = new MeasuredCoder(new RangeEncoder());
    one.copy().code(after, 1, context, 0, 0);
    assertThat(after.bytes()).isEqualTo(before.bytes());
  }

  /** Its contexts: the number before, and nothing. */
  private static int[] code(SymbolCoder coder, int[] numbers, MixedBits mixed) {
    int[] coded = new int[numbers.length];
    int before = 0;
    for (int i = 0; i < numbers.length; i++) {
      before = mixed.number(coder, numbers[i], new int[] {before, 0}, 0);
      coded[i] = before;
    }
    return coded;
  }
}
