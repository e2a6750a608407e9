package io.distillstream.quantization.equalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.quantization.signedness.IntegerProduct;
import io.distillstream.quantization.signedness.ProductError;
import io.distillstream.quantization.signedness.ProductSample;
import io.distillstream.quantization.weights.WeightForm;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SmoothingScalesTest {
  private static final int CHANNELS = 48;
  private static final int COLUMNS = 24;
  private static final int ROWS = 64;

  @Test
  void shouldDivideLargeChannelsByMore() {
    float[] x = activations(100);

    float[] scales = SmoothingScales.find(channels(x), List.of(weights()), 1).orElseThrow();

    assertThat(scales[0]).isGreaterThan(5 * scales[1]);
    // No scale is more than its channel's largest magnitude to the power of one.
    assertThat(scales[0]).isLessThanOrEqualTo(100);
  }

  @Test
  void shouldLowerTheErrorThatProductsReallyMake() {
    float[] x = activations(100);
    float[] w = weights();
    float[] scales = SmoothingScales.find(channels(x), List.of(w), 1).orElseThrow();

    double before = error(x, w);
    double after = error(scaled(x, scales, true, 1), scaled(w, scales, false, COLUMNS));

    assertThat(after).isLessThan(before / 2);
  }

  @Test
  void shouldFindNothingWhereNothingIsGained() {
    assertThat(SmoothingScales.find(channels(activations(1)), List.of(weights()), 0.9)).isEmpty();
    assertThat(SmoothingScales.find(new Channels(CHANNELS), List.of(weights()), 1)).isEmpty();
  }

  @Test
  void shouldAskForAsMuchAsItIsTold() {
    Channels channels = channels(activations(3));

    assertThat(SmoothingScales.find(channels, List.of(weights()), 1)).isPresent();
    assertThat(SmoothingScales.find(channels, List.of(weights()), 0.01)).isEmpty();
  }

  @Test
  void shouldNotTrustAChannelToStaySilent() {
    float[] x = activations(100);
    for (int i = 5; i < x.length; i += CHANNELS) {
      x[i] = 0;
    }

    float[] scales = SmoothingScales.find(channels(x), List.of(weights()), 1).orElseThrow();

    // As if its largest magnitude had been a thousandth of the greatest of all.
    double alpha = Math.log(scales[0]) / Math.log(100);
    assertThat((double) scales[5]).isCloseTo(Math.pow(0.1, alpha), within(1e-3));
  }

  @Test
  void shouldRefuseWhatIsNoRowsOfItsChannels() {
    assertThatThrownBy(() -> new Channels(3).add(new float[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4 activations are no rows of 3");
  }

  /** From -1 to 1, the first channel from {@code -outlier} to {@code outlier}, which it reaches. */
  private static float[] activations(float outlier) {
    SplittableRandom random = new SplittableRandom(3);
    float[] x = new float[ROWS * CHANNELS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-1, 1) * (i % CHANNELS == 0 ? outlier : 1);
    }
    x[0] = outlier;
    return x;
  }

  private static float[] weights() {
    SplittableRandom random = new SplittableRandom(4);
    float[] w = new float[CHANNELS * COLUMNS];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextDouble(-1, 1);
    }
    return w;
  }

  private static Channels channels(float[] x) {
    Channels channels = new Channels(CHANNELS);
    channels.add(x);
    return channels;
  }

  private static float[] scaled(float[] values, float[] scales, boolean divide, int inner) {
    float[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      float scale = scales[i / inner % CHANNELS];
      scaled[i] *= divide ? 1 / scale : scale;
    }
    return scaled;
  }

  private static double error(float[] x, float[] w) {
    ProductSample sample = new ProductSample("w", x, w, CHANNELS);
    return ProductError.of(sample.product(), IntegerProduct.of(sample, WeightForm.UNSIGNED, false));
  }
}
