package io.distillstream.trainer.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.prune.PruningSchedule.Shape;
import org.junit.jupiter.api.Test;

class PruningScheduleTest {
  private static final PruningSchedule EQUAL =
      new PruningSchedule(Shape.EQUAL, 1_000, 200, 0.1, 0.7);

  @Test
  void shouldRiseInEqualStepsFromTheStartToTheTarget() {
    assertThat(EQUAL.sparsityAt(0)).isZero();
    assertThat(EQUAL.sparsityAt(999)).isZero();
    assertThat(EQUAL.sparsityAt(1_000)).isEqualTo(0.1);
    assertThat(EQUAL.sparsityAt(1_199)).isEqualTo(0.1);
    assertThat(EQUAL.sparsityAt(1_200)).isEqualTo(0.2);
    assertThat(EQUAL.sparsityAt(2_199)).isCloseTo(0.6, within(1e-12));
    assertThat(EQUAL.sparsityAt(2_200)).isEqualTo(0.7);
    assertThat(EQUAL.sparsityAt(Long.MAX_VALUE)).isEqualTo(0.7);
    assertThat(EQUAL.rises()).isEqualTo(7);
  }

  @Test
  void shouldEndWithWhatIsLeft() {
    PruningSchedule uneven = new PruningSchedule(Shape.EQUAL, 0, 10, 0.2, 0.5);
    assertThat(uneven.sparsityAt(10)).isEqualTo(0.4);
    assertThat(uneven.sparsityAt(20)).isEqualTo(0.5);
    assertThat(uneven.rises()).isEqualTo(3);
  }

  @Test
  void shouldRiseByTheCubicFormula() {
    PruningSchedule cubic = new PruningSchedule(Shape.CUBIC, 100, 10, 0.2, 0.8);
    assertThat(cubic.sparsityAt(99)).isZero();
    assertThat(cubic.sparsityAt(100)).isCloseTo(0.8 * (1 - 0.421875), within(1e-12));
    assertThat(cubic.sparsityAt(110)).isCloseTo(0.8 * 0.875, within(1e-12));
    assertThat(cubic.sparsityAt(120)).isCloseTo(0.8 * (1 - 0.015625), within(1e-12));
    assertThat(cubic.sparsityAt(130)).isEqualTo(0.8);
  }

  @Test
  void shouldRefuseImpossibleOnes() {
    assertThatThrownBy(() -> new PruningSchedule(Shape.EQUAL, -1, 10, 0.1, 0.5))
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> new PruningSchedule(Shape.EQUAL, 0, 0, 0.1, 0.5))
        .hasMessageContaining("every 0 records");
    assertThatThrownBy(() -> new PruningSchedule(Shape.EQUAL, 0, 10, 0.1, 1))
        .hasMessageContaining("1.0");
    assertThatThrownBy(() -> new PruningSchedule(Shape.EQUAL, 0, 10, 0, 0.5))
        .hasMessageContaining("0.0");
  }
}
