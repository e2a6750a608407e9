package io.distillstream.quantization.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CalibrationSettingsTest {
  private static final CalibrationSettings USUAL =
      CalibrationSettings.of(CalibrationMethod.PERCENTILE);

  @Test
  void shouldChangeOneParameterAtATime() {
    assertThat(
            USUAL
                .withBits(4)
                .withPercentile(99)
                .withMomentum(0.5)
                .withHalfLifeSamples(7)
                .withMaxTapBytes(9)
                .withThreads(2))
        .isEqualTo(new CalibrationSettings(CalibrationMethod.PERCENTILE, 4, 99, 0.5, 7, 9, 2));
    assertThat(USUAL.withBits(4).levels()).isEqualTo(16);
  }

  @Test
  void shouldSayWhatWouldBeAccepted() {
    assertThatThrownBy(() -> USUAL.withBits(1)).hasMessage("Expected 2 to 16 bits, got 1");
    assertThatThrownBy(() -> USUAL.withPercentile(100.1)).hasMessageContaining("(50, 100]");
    assertThatThrownBy(() -> USUAL.withPercentile(Double.NaN)).hasMessageContaining("(50, 100]");
    assertThatThrownBy(() -> USUAL.withMomentum(1)).hasMessageContaining("[0, 1)");
    assertThatThrownBy(() -> USUAL.withHalfLifeSamples(0)).hasMessageContaining("half-life");
    assertThatThrownBy(() -> USUAL.withMaxTapBytes(0)).hasMessageContaining("one byte");
    assertThatThrownBy(() -> USUAL.withThreads(0)).hasMessageContaining("one thread");
  }
}
