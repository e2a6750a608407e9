package io.distillstream.trainer.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScheduleTest {

  @ParameterizedTest
  @CsvSource({"CONSTANT, 8", "LINEAR, 6.5", "COSINE, 7.1213203436", "EXPONENTIAL, 5.6568542495"})
  void shouldFollowItsShape(Ramp.Shape shape, double quarterWay) {
    assertThat(new Ramp(shape, 8, 2, 1000).at(250)).isCloseTo(quarterWay, within(1e-9));
  }

  @ParameterizedTest
  @EnumSource(names = {"LINEAR", "COSINE", "EXPONENTIAL"})
  void shouldBeginAtOneEndAndStayAtTheOther(Ramp.Shape shape) {
    Ramp ramp = new Ramp(shape, 8, 2, 1000);
    assertThat(ramp.at(0)).isEqualTo(8);
    assertThat(ramp.at(1000)).isEqualTo(2);
    assertThat(ramp.at(1_000_000)).isEqualTo(2);
    assertThat(new Ramp(shape, 8, 2, 0).at(0)).isEqualTo(2);
  }

  @Test
  void shouldRefuseAnExponentialRampThroughZero() {
    assertThatThrownBy(() -> new Ramp(Ramp.Shape.EXPONENTIAL, 1, 0, 10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldWarmTheLearningRateUp() {
    TrainingSchedule schedule =
        new TrainingSchedule(Ramp.constant(2), 0.9, Ramp.constant(0.5), 99, 0, 1, 8);
    assertThat(schedule.at(0).learningRate()).isCloseTo(0.005, within(1e-12));
    assertThat(schedule.at(49).learningRate()).isCloseTo(0.25, within(1e-12));
    assertThat(schedule.at(99).learningRate()).isEqualTo(0.5);
  }

  @Test
  void shouldSlowWordsDownAllAlong() {
    TrainingSchedule schedule =
        new TrainingSchedule(
            Ramp.constant(2),
            0.9,
            Ramp.constant(0.5),
            0.3,
            99,
            0,
            1,
            8,
            Long.MAX_VALUE,
            Optional.empty(),
            Optional.empty());
    assertThat(schedule.at(0).wordRate()).isEqualTo(0.3);
    assertThat(schedule.at(1_000_000).wordRate()).isEqualTo(0.3);
    assertThatThrownBy(() -> new StepSettings(2, 0.9, 1e-3, 1.5, 0, 1, 8, false, 0))
        .hasMessage("wordRate is out of range: 1.5");
  }
}
