package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProbeToleranceTest {

  private static final float[] EXPECTED = {0.1f, 2.0f, -1.0f};

  @Test
  void shouldDemandTheSameBitsWhenIdentical() {
    assertThat(ProbeTolerance.IDENTICAL.accepts(EXPECTED, EXPECTED.clone())).isTrue();
    assertThat(ProbeTolerance.IDENTICAL.accepts(EXPECTED, new float[] {0.1f, 2.0f, -1.0000001f}))
        .isFalse();
  }

  @Test
  void shouldForgiveWhatOtherHardwareRounds() {
    assertThat(ProbeTolerance.within(0.1).accepts(EXPECTED, new float[] {0.15f, 1.95f, -1.05f}))
        .isTrue();
    assertThat(ProbeTolerance.within(0.1).accepts(EXPECTED, new float[] {0.1f, 2.2f, -1.0f}))
        .isFalse();
  }

  @Test
  void shouldLetOnlyNearTiesChangePlaces() {
    assertThat(ProbeTolerance.within(0.1).accepts(new float[] {1f, 1.05f}, new float[] {1.06f, 1f}))
        .isTrue();
    assertThat(
            ProbeTolerance.within(0.1).accepts(new float[] {1f, 1.15f}, new float[] {1.09f, 1.08f}))
        .isFalse();
  }

  @Test
  void shouldRefuseNotANumberAndOtherLengths() {
    ProbeTolerance generous = ProbeTolerance.within(1e9);

    assertThat(generous.accepts(EXPECTED, new float[] {Float.NaN, 2.0f, -1.0f})).isFalse();
    assertThat(generous.accepts(EXPECTED, new float[] {0.1f, 2.0f})).isFalse();
  }

  @Test
  void shouldNotBeNegative() {
    assertThatThrownBy(() -> ProbeTolerance.within(-0.1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
