package io.distillstream.quantization.signedness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.quantization.weights.WeightForm;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignednessChoiceTest {

  @Test
  void shouldCutSumsOfPairsTo16Bits() {
    // 255 · 127 twice is 64,770, of which 32,767 are left; the third product has no partner.
    ProductSample sample =
        new ProductSample("w", new float[] {255, 255, 255}, new float[] {127, 127, 127}, 3);

    assertThat(IntegerProduct.of(sample, WeightForm.SIGNED, true))
        .containsExactly(new float[] {32_767 + 255 * 127}, within(1f));
    assertThat(IntegerProduct.of(sample, WeightForm.SIGNED, false))
        .containsExactly(new float[] {3 * 255 * 127}, within(1f));
    assertThat(IntegerProduct.of(sample, WeightForm.UNSIGNED, true))
        .containsExactly(new float[] {3 * 255 * 127}, within(1f));
    assertThat(IntegerProduct.of(sample, WeightForm.SIGNED_7_BIT, true))
        .containsExactly(new float[] {3 * 255 * 127}, within(1f));
  }

  @ParameterizedTest
  @EnumSource(WeightForm.class)
  void shouldBeExactWithoutSaturationHoweverWeightsAreWritten(WeightForm form) {
    ProductSample sample = random(-1, 3);
    double[] exact = sample.product();

    float[] product = IntegerProduct.of(sample, form, false);

    for (int i = 0; i < exact.length; i++) {
      // 40 sums, each activation off by up to 4/510 and each weight by up to 1/126.
      assertThat((double) product[i]).isCloseTo(exact[i], within(40 * (4 / 510.0 + 3 / 126.0)));
    }
  }

  @Test
  void shouldAvoidSaturationWhereItHappens() {
    // Large positive activations and weights of one sign: nearly every pair saturates.
    float[] x = new float[4 * 64];
    float[] w = new float[64 * 8];
    Arrays.fill(x, 1);
    Arrays.fill(w, 1);
    List<ProductSample> samples = List.of(new ProductSample("w", x, w, 64));

    SignednessChoice avx2 = SignednessChoice.emulated(TargetProcessor.X86_AVX2, samples);
    SignednessChoice vnni = SignednessChoice.emulated(TargetProcessor.X86_VNNI, samples);

    assertThat(avx2.trials().get(0).form()).isEqualTo(WeightForm.SIGNED);
    assertThat(avx2.trials().get(0).error()).isGreaterThan(0.2);
    assertThat(avx2.form()).isNotEqualTo(WeightForm.SIGNED);
    assertThat(vnni.form()).isEqualTo(WeightForm.SIGNED);
  }

  @Test
  void shouldTakeTheFullRangeWhereNothingSaturates() {
    // Small activations beside one large one: pairs are far from 16 bits.
    SplittableRandom random = new SplittableRandom(1);
    float[] x = new float[16 * 40];
    for (int i = 0; i < x.length; i++) {
      x[i] = i == 0 ? 4 : (float) random.nextDouble();
    }
    float[] w = random(-1, 1).weights();

    SignednessChoice choice =
        SignednessChoice.emulated(
            TargetProcessor.X86_AVX2, List.of(new ProductSample("w", x, w, 40)));

    assertThat(choice.form()).isEqualTo(WeightForm.SIGNED);
  }

  @Test
  void shouldLetSpeedDecideOnlyAmongTheMostExact() {
    SignednessChoice.Trial fast = trial(WeightForm.SIGNED, 0.2, 10);
    SignednessChoice.Trial good = trial(WeightForm.SIGNED_7_BIT, 0.0104, 20);
    SignednessChoice.Trial best = trial(WeightForm.UNSIGNED, 0.01, 30);

    assertThat(
            SignednessChoice.ofTimed(TargetProcessor.THIS_MACHINE, List.of(best, fast, good))
                .form())
        .isEqualTo(WeightForm.SIGNED_7_BIT);
  }

  @Test
  void shouldNotGuessHowFastThisMachineIs() {
    assertThatThrownBy(
            () -> SignednessChoice.emulated(TargetProcessor.THIS_MACHINE, List.of(random(-1, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("How fast this machine is must be measured");
  }

  private static SignednessChoice.Trial trial(WeightForm form, double error, double micros) {
    return new SignednessChoice.Trial(form, error, OptionalDouble.of(micros));
  }

  private static ProductSample random(double least, double greatest) {
    SplittableRandom random = new SplittableRandom(7);
    float[] x = new float[16 * 40];
    float[] w = new float[40 * 12];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(least, greatest);
    }
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextDouble(-1, 1);
    }
    return new ProductSample("w", x, w, 40);
  }
}
