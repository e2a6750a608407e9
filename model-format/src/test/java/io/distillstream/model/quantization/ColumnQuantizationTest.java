package io.distillstream.model.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ColumnQuantizationTest {

  @Test
  void shouldMapTheLargestMagnitudeOfAColumnTo127() {
    // Columns {254, -127, 2} with scale 2 and {0.5, 0.25, -1} with scale 1/127; ties go to even.
    ColumnQuantization q = ColumnQuantization.of(new float[] {254, 0.5f, -127, 0.25f, 2, -1}, 3, 2);

    assertThat(q.scales()).containsExactly(2f, 1 / 127f);
    assertThat(q.values()).containsExactly(127, 64, -64, 32, 1, -127);
    assertThat(q.unsignedValues()).containsExactly(0xff, 0xc0, 0x40, 0xa0, 0x81, 0x01);
  }

  @RepeatedTest(50)
  void shouldErrByAtMostHalfAScale(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int rows = random.nextInt(1, 40);
    int columns = random.nextInt(1, 40);
    float[] weights = new float[rows * columns];
    for (int i = 0; i < weights.length; i++) {
      double magnitude = Math.pow(10, random.nextDouble(-12, 12));
      weights[i] = (float) (random.nextDouble(-1, 1) * magnitude);
    }

    ColumnQuantization q = ColumnQuantization.of(weights, rows, columns);

    for (int i = 0; i < weights.length; i++) {
      double scale = q.scales()[i % columns];
      assertThat(Math.abs(weights[i] - scale * q.values()[i])).isLessThanOrEqualTo(scale * 0.50001);
      assertThat(q.values()[i]).isBetween((byte) -127, (byte) 127);
      assertThat((q.unsignedValues()[i] & 0xff) - 128).isEqualTo(q.values()[i]);
    }
  }

  @Test
  void shouldKeepZerosAndWeightsTooSmallForAScaleAtZero() {
    ColumnQuantization q =
        ColumnQuantization.of(new float[] {0, Float.MIN_VALUE, -0f, -Float.MIN_VALUE}, 2, 2);

    assertThat(q.values()).containsOnly(0);
    assertThat(q.scales()).containsOnly(1f);
  }

  @Test
  void shouldHoldTheLargestFloats() {
    ColumnQuantization q =
        ColumnQuantization.of(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, 2, 1);

    assertThat(q.values()).containsExactly(127, -127);
  }

  @Test
  void shouldSayWhichWeightIsNotFinite() {
    assertThatThrownBy(() -> ColumnQuantization.of(new float[] {1, 2, 3, Float.NaN}, 2, 2))
        .hasMessage("weight [1, 1] is NaN");
    assertThatThrownBy(() -> ColumnQuantization.of(new float[] {1, Float.NEGATIVE_INFINITY}, 2, 1))
        .hasMessage("weight [1, 0] is -Infinity");
  }

  @Test
  void shouldLeaveMatricesUnder16KibAloneWhereTheyAreAFiftiethOfAll() {
    // 17,000 and 16,384 are large enough whatever they are beside.
    assertThat(ColumnQuantization.minSavedBytes(LongStream.of(3_000_000, 16_384, 9_000, 17_000)))
        .isEqualTo(16_384);
    assertThat(ColumnQuantization.minSavedBytes(LongStream.of(441_000, 9_000))).isEqualTo(16_384);
    assertThat(ColumnQuantization.minSavedBytes(LongStream.of(440_900, 9_000))).isEqualTo(9_000);
  }

  @Test
  void shouldTakeSmallMatricesThatAreMoreThanAFiftiethTogether() {
    LongStream many =
        LongStream.concat(LongStream.of(60, 40), LongStream.generate(() -> 49).limit(100));

    // 2 % of 5,000 bytes: 40 and one of 49 could stay, but not all hundred of 49.
    assertThat(ColumnQuantization.minSavedBytes(many)).isEqualTo(49);
  }

  @Test
  void shouldTreatMatricesThatSaveTheSameAlike() {
    assertThat(ColumnQuantization.minSavedBytes(LongStream.of(60, 60, 4_880))).isEqualTo(60);
  }

  @Test
  void shouldNeverTakeAMatrixThatSavesNothing() {
    assertThat(ColumnQuantization.minSavedBytes(LongStream.of(-8, 0, 1))).isEqualTo(1);
    assertThat(ColumnQuantization.minSavedBytes(LongStream.of(-8, 0))).isPositive();
    assertThat(ColumnQuantization.minSavedBytes(LongStream.empty())).isPositive();
  }
}
