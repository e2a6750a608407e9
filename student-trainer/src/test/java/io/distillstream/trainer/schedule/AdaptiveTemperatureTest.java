package io.distillstream.trainer.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.EntropyGap;
import io.distillstream.trainer.loss.SampledTarget;
import io.distillstream.trainer.loss.SoftTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdaptiveTemperatureTest {
  private static final AdaptiveTemperature CONTROL = new AdaptiveTemperature(0.4, 2, 8, 2, 8);

  /** {@code 4 * np.exp(2 * (.4 - 1.4) * 32 / 1000)}. */
  @Test
  void shouldMoveAgainstTheErrorOfTheGap() {
    assertThat(CONTROL.next(4, 1.4, 32)).isCloseTo(3.752019998122918, within(1e-12));
    assertThat(CONTROL.next(4, -0.6, 32)).isCloseTo(4.264369595046021, within(1e-12));
    assertThat(CONTROL.next(4, 0.4, 32)).isEqualTo(4);
    assertThat(CONTROL.next(4, Double.NaN, 32)).isEqualTo(4);
  }

  @Test
  void shouldStayWithinItsBounds() {
    assertThat(CONTROL.next(2.1, 100, 1_000)).isEqualTo(2);
    assertThat(CONTROL.next(7.9, -100, 1_000)).isEqualTo(8);
    assertThat(CONTROL.raised(2, 0.5)).isEqualTo(4);
    assertThat(CONTROL.raised(5, 0.5)).isEqualTo(5);
    assertThat(CONTROL.raised(5, 1)).isEqualTo(8);
  }

  /** A student that gets surer, and one that is thrown back. */
  @Test
  void shouldSettleWhereTheTeacherIsThatMuchSofterThanTheStudent() {
    List<SoftTarget> teacher = List.of(new DenseTarget(new float[] {6, 3, 2, 0, -1, -1}));
    double temperature = CONTROL.start();
    float[][] sure = {{3, 1, 0.5f, 0, -1, -1}};
    for (int step = 0; step < 500; step++) {
      temperature = CONTROL.next(temperature, EntropyGap.of(sure, teacher, temperature), 32);
    }
    assertThat(EntropyGap.of(sure, teacher, temperature)).isCloseTo(0.4, within(1e-3));
    assertThat(temperature).isBetween(2.0, 8.0);
    double before = temperature;
    float[][] unsure = {{1, 0.9f, 0.5f, 0.5f, 0, 0}};
    for (int step = 0; step < 500; step++) {
      temperature = CONTROL.next(temperature, EntropyGap.of(unsure, teacher, temperature), 32);
    }
    assertThat(temperature).isGreaterThan(before);
  }

  @Test
  void shouldLeaveRowsOutThatDoNotTellTheTeachersEntropy() {
    SoftTarget dense = new DenseTarget(new float[] {1, 2, 3});
    SoftTarget sampled =
        new SampledTarget(3, 0, new int[] {0}, new float[] {1}, new float[] {-0.5f});
    float[] student = {3, 2, 1};
    assertThat(EntropyGap.of(new float[][] {student, student}, List.of(dense, sampled), 3))
        .isEqualTo(EntropyGap.of(new float[][] {student}, List.of(dense), 3));
    assertThat(EntropyGap.of(new float[][] {student}, List.of(dense), 1))
        .isCloseTo(0, within(1e-12));
    assertThat(EntropyGap.of(new float[][] {student}, List.of(sampled), 1)).isNaN();
  }

  @Test
  void shouldRefuseBoundsThatHoldNothing() {
    assertThatThrownBy(() -> new AdaptiveTemperature(0.4, 1, 8, 2, 4))
        .hasMessageContaining("8.0 within 2.0 and 4.0");
    assertThatThrownBy(() -> new AdaptiveTemperature(0.4, 0, 2, 2, 4))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
