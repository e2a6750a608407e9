package io.distillstream.quantization.calibrate.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.quantization.calibrate.ActivationRanges;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RangeTest {

  @Test
  void shouldRefuseBoundsThatAreNoRange() {
    assertThatThrownBy(() -> new Range(1, 0)).hasMessageContaining("[1.0, 0.0]");
    assertThatThrownBy(() -> new Range(Float.NaN, 0)).hasMessageContaining("finite");
    assertThatThrownBy(() -> new Range(0, Float.POSITIVE_INFINITY)).hasMessageContaining("finite");
  }

  @Test
  void shouldGiveZeroALevelOfItsOwn() {
    Range range = new Range(-1, 4.1f);

    assertThat(range.scale(256)).isEqualTo((4.1f + 1.0) / 255);
    assertThat(range.zeroPoint(256)).isEqualTo(50);
    assertThat(new Range(0, 1).zeroPoint(256)).isZero();
    assertThat(new Range(-1, 0).zeroPoint(256)).isEqualTo(255);
  }

  @Test
  void shouldHaveAScaleForNothing() {
    assertThat(Range.ZERO.scale(256)).isEqualTo(1);
    assertThat(Range.ZERO.zeroPoint(256)).isZero();
  }

  @Test
  void shouldWidenActivationRangesToZero() {
    ActivationRanges ranges =
        new ActivationRanges(Map.of("above", new Range(1, 2), "below", new Range(-2, -1)));

    assertThat(ranges.of("above")).contains(new Range(0, 2));
    assertThat(ranges.of("below")).contains(new Range(-2, 0));
    assertThat(ranges.of("other")).isEmpty();
  }
}
