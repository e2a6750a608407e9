package io.distillstream.quantization.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.model.quantization.ColumnQuantization;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {

  @Test
  void shouldRoundColumnsAsStudentsAreTrainedToExpect() {
    float[] weights = random(60 * 7, 1);

    Int8Weights held =
        Int8Weights.of(weights, Int8Weights.Shape.columns(60, 7), Granularity.PER_CHANNEL, 127);

    ColumnQuantization expected = ColumnQuantization.of(weights, 60, 7);
    assertThat(held.values()).isEqualTo(expected.values());
    assertThat(held.scales()).isEqualTo(expected.scales());
  }

  @Test
  void shouldScaleFiltersOneByOneOrTogether() {
    float[] filters = {1, -2, 4, 127, 0, 0.5f};

    Int8Weights single =
        Int8Weights.of(filters, Int8Weights.Shape.first(2, 3), Granularity.PER_TENSOR, 127);
    Int8Weights each =
        Int8Weights.of(filters, Int8Weights.Shape.first(2, 3), Granularity.PER_CHANNEL, 127);

    assertThat(single.scales()).containsExactly(1);
    assertThat(single.values()).containsExactly(1, -2, 4, 127, 0, 0);
    assertThat(each.scales()).containsExactly(4 / 127f, 1);
    assertThat(each.values()).containsExactly(32, -64, 127, 127, 0, 0);
  }

  @Test
  void shouldStayWithin63In7Bits() {
    Int8Weights held =
        Int8Weights.of(
            random(100, 1), Int8Weights.Shape.first(1, 100), Granularity.PER_CHANNEL, 63);

    for (byte value : held.values()) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo(63);
    }
    assertThat(held.error().largest()).isLessThanOrEqualTo(held.scales()[0] * 0.5001);
  }

  @Test
  void shouldSwapAxesWithinEachMatrix() {
    float[] weights = {1, 2, 3, 4, 5, 127, -1, -2, -3, -4, -5, -127};
    Int8Weights held =
        Int8Weights.of(weights, Int8Weights.Shape.first(1, 12), Granularity.PER_TENSOR, 127);

    assertThat(held.swapped(2, 2).values())
        .containsExactly(1, 4, 2, 5, 3, 127, -1, -4, -2, -5, -3, -127);
  }

  @ParameterizedTest
  @CsvSource({"4, 32, 64, 8", "4, 16, 40, 6", "8, 32, 70, 255", "8, 128, 128, 254"})
  void shouldStayWithinHalfAStepOfEveryWeight(int bits, int size, int length, int steps) {
    float[] weights = random(9 * length, 2);

    BlockWeights held =
        BlockWeights.of(weights, new BlockWeights.Layout(9, length, size, bits), false);

    float[] restored = held.restored();
    double squared = 0;
    for (int i = 0; i < weights.length; i++) {
      // Clipping may cost a 4-bit block's extremes a fifth.
      double bound = bits == 8 ? 0.51 / 127 : 0.2 + 1.0 / 14;
      assertThat(restored[i]).isCloseTo(weights[i], within((float) bound));
      squared += Math.pow((double) weights[i] - restored[i], 2);
    }
    assertThat(held.error().squared()).isCloseTo(squared, within(squared / 1000));
  }

  @Test
  void shouldUseTheWholeRangeOf4Bits() {
    // -8…7 times a quarter: the largest magnitude is the code furthest below zero.
    float[] weights = new float[16];
    for (int i = 0; i < 16; i++) {
      weights[i] = (i - 8) / 4f;
    }

    BlockWeights held = BlockWeights.of(weights, new BlockWeights.Layout(1, 16, 16, 4), false);

    assertThat(held.restored()).containsExactly(weights);
    assertThat(held.error()).isEqualTo(WeightError.NONE);
    assertThat(held.packed("w").longs())
        .containsExactly(0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe);
  }

  @Test
  void shouldMirrorTheRangeWhereTheLargestWeightIsPositive() {
    float[] weights = new float[16];
    for (int i = 0; i < 16; i++) {
      weights[i] = (8 - i) / 4f;
    }

    BlockWeights held = BlockWeights.of(weights, new BlockWeights.Layout(1, 16, 16, 4), false);

    assertThat(held.scales()).containsExactly(-0.25f);
    assertThat(held.restored()).containsExactly(weights, within(0f));
  }

  @Test
  void shouldNeverLoseMoreThanTheSymmetricRangeWould() {
    float[] weights = random(64 * 32, 3);

    BlockWeights held = BlockWeights.of(weights, new BlockWeights.Layout(64, 32, 32, 4), false);

    double symmetric = 0;
    for (int start = 0; start < weights.length; start += 32) {
      float largest = 0;
      for (int i = start; i < start + 32; i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      for (int i = start; i < start + 32; i++) {
        symmetric +=
            Math.pow(weights[i] - Math.rint(weights[i] / (largest / 7)) * (largest / 7), 2);
      }
    }
    assertThat(held.error().squared()).isLessThan(0.9 * symmetric);
  }

  @Test
  void shouldHoldScalesThatFp16Has() {
    BlockWeights held =
        BlockWeights.of(random(320, 4), new BlockWeights.Layout(10, 32, 32, 4), true);

    for (float scale : held.scales()) {
      assertThat(Float.floatToRawIntBits(scale) & 0x1fff).isZero();
    }
  }

  @Test
  void shouldRestoreZeros() {
    float[] zeros = new float[64];

    assertThat(BlockWeights.of(zeros, new BlockWeights.Layout(2, 32, 32, 4), true).restored())
        .containsExactly(zeros);
    assertThat(
            Int8Weights.of(zeros, Int8Weights.Shape.first(2, 32), Granularity.PER_CHANNEL, 127)
                .restored())
        .containsExactly(zeros);
  }

  @Test
  void shouldSaturateFp16AtItsLargestNumber() {
    HalfWeights held = HalfWeights.of(new float[] {1e6f, -1e6f, 1 / 3f});

    assertThat(held.restored()).containsExactly(65504, -65504, 0.33325195f);
    assertThat(held.error().largest()).isEqualTo(1e6 - 65504);
  }

  @Test
  void shouldRefuseWhatIsNotFinite() {
    float[] broken = {1, Float.POSITIVE_INFINITY};

    assertThatThrownBy(() -> HalfWeights.of(broken)).hasMessage("weight 1 is Infinity");
    assertThatThrownBy(() -> BlockWeights.of(broken, new BlockWeights.Layout(1, 2, 16, 4), false))
        .hasMessage("weight 1 is Infinity");
    assertThatThrownBy(
            () ->
                Int8Weights.of(broken, Int8Weights.Shape.first(1, 2), Granularity.PER_TENSOR, 127))
        .hasMessage("weight 1 is Infinity");
  }

  private static float[] random(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
