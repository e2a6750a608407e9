package io.distillstream.local.labels.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EntropyTest {

  private static final float NONE = Float.NEGATIVE_INFINITY;

  @Test
  void shouldBeTheLogarithmOfClassesThatAreEquallyProbable() {
    assertThat(Entropy.ofLogits(new float[] {900, 900, 900, 900}, NONE))
        .isCloseTo(Math.log(4), within(1e-12));
    assertThat(Entropy.ofLogits(new float[] {0}, NONE)).isZero();
  }

  @Test
  void shouldTakeTheTailForOneClass() {
    // Probabilities 1/2, 1/4 and 1/4.
    double expected = 0.5 * Math.log(2) + 0.5 * Math.log(4);
    float quarter = (float) -Math.log(4);
    assertThat(Entropy.ofLogits(new float[] {(float) -Math.log(2), quarter}, quarter))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void shouldExpectOfDrawsWhatTheDistributionHas() {
    float[] logs = {(float) Math.log(0.5), (float) Math.log(0.25), (float) Math.log(0.25)};
    assertThat(Entropy.ofDraws(new float[] {0.5f, 0.25f, 0.25f}, logs))
        .isCloseTo(1.5 * Math.log(2), within(1e-6));
  }
}
