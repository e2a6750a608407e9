package io.distillstream.benchmarks.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {
  private static final List<Integer> TRUTH = List.of(0, 1, 2, 0, 1);

  @Test
  void shouldCountOnlyWhereOneIsRightAndTheOtherWrong() {
    // Differences 1, 1, 0, 0, -1: mean 0.2, variance (3 - 5 · 0.04) / 4 = 0.7.
    PairedDifference difference =
        PairedDifference.of(List.of(0, 1, 2, 1, 0), List.of(1, 0, 2, 1, 1), TRUTH);

    assertThat(difference.mean()).isCloseTo(0.2, within(1e-12));
    assertThat(difference.standardError()).isCloseTo(Math.sqrt(0.7 / 5), within(1e-12));
  }

  @Test
  void shouldLeaveNothingToChanceBetweenModelsThatAreRightOnTheSame() {
    assertThat(PairedDifference.of(List.of(0, 1, 0, 1, 1), List.of(0, 1, 1, 2, 1), TRUTH))
        .isEqualTo(new PairedDifference(0, 0));
  }
}
