package io.distillstream.local.evaluate.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedComparisonTest {

  @Test
  void shouldCountTheTextsThatTellTheTwoApart() {
    PairedComparison sum =
        PairedComparison.of(true, true)
            .plus(PairedComparison.of(true, false))
            .plus(PairedComparison.of(true, false))
            .plus(PairedComparison.of(false, true))
            .plus(PairedComparison.of(false, false));
    assertThat(sum).isEqualTo(new PairedComparison(5, 2, 1));
    assertThat(sum.difference()).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void shouldKnowTheStandardErrorOfTheDifference() {
    // √(9 + 4 − 25 / 100) / 100 = √12.75 / 100
    assertThat(new PairedComparison(100, 9, 4).standardError())
        .isCloseTo(0.0357071421, within(1e-9));
    assertThat(new PairedComparison(100, 0, 0).standardError()).isZero();
  }
}
