package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SoftmaxTest {

  /** e^1, e^2 and e^0 over their sum, 11.107. */
  @Test
  void shouldGiveProbabilitiesOfLogits() {
    assertThat(Softmax.of(new float[] {1, 2, 0}))
        .containsExactly(new double[] {0.244728, 0.665241, 0.090031}, within(1e-6));
  }

  @Test
  void shouldNotOverflow() {
    double[] probabilities = Softmax.of(new float[] {-1e4f, 1e4f, 1e4f});

    assertThat(probabilities).containsExactly(0, 0.5, 0.5);
    assertThat(Arrays.stream(probabilities).sum()).isEqualTo(1);
  }

  @Test
  void shouldGiveTheLargestAlone() {
    float[] logits = {-3, 4.5f, 4.25f, 0};

    assertThat(Softmax.largest(logits)).isCloseTo(Softmax.of(logits)[1], within(1e-15));
  }

  @Test
  void shouldTellLogitsThatAreNoNumbers() {
    assertThat(Softmax.largest(new float[] {1, Float.NaN})).isNaN();
    assertThat(Softmax.of(new float[] {1, Float.NaN})).containsOnly(Double.NaN);
  }
}
