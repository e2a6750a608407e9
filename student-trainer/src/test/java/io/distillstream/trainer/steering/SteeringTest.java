package io.distillstream.trainer.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.schedule.AdaptiveTemperature;
import io.distillstream.trainer.schedule.Averaging;
import io.distillstream.trainer.schedule.Ramp;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.schedule.TrainingSchedule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SteeringTest {
  private static final int BATCH = 32;
  private static final DriftPlan PLAN = new DriftPlan(true, 0.002, 0.5, 500, 0.1);
  private static final TrainingSchedule SCHEDULE =
      new TrainingSchedule(
          new Ramp(Ramp.Shape.LINEAR, 8, 2, 1_000),
          0.7,
          new Ramp(Ramp.Shape.LINEAR, 1e-2, 1e-3, 2_000),
          0,
          0,
          1,
          8);

  private Steering steering = new Steering(SCHEDULE, PLAN, Map.of());
  private long records;

  @Test
  void shouldFollowTheScheduleWhileTheStreamStays() {
    feed(3_200, 4);

    assertThat(settings()).isEqualTo(SCHEDULE.at(3_200));
  }

  @Test
  void shouldTakeBothRampsBackWhenAgreementFalls() {
    feed(3_200, 4);

    Drift drift = feedUntilDrift(16);

    assertThat(drift.before()).isCloseTo(28.0 / 32, within(0.01));
    assertThat(drift.after()).isLessThan(0.7);
    // Half of the way, on each.
    assertThat(settings().temperature()).isEqualTo(5);
    assertThat(settings().learningRate()).isCloseTo(5.5e-3, within(1e-12));
    records += 500;
    assertThat(settings().temperature()).isEqualTo(2);
  }

  @Test
  void shouldBeginTheAverageAnewWhenAgreementFalls() {
    TrainingSchedule averaged =
        new TrainingSchedule(
            SCHEDULE.temperature(),
            0.7,
            SCHEDULE.learningRate(),
            1,
            0,
            0,
            1,
            8,
            Long.MAX_VALUE,
            Optional.empty(),
            Optional.of(new Averaging(0.5, 16_000)));
    steering = new Steering(averaged, PLAN, Map.of());
    feed(3_200, 4);
    assertThat(settings().averagingWindow()).isEqualTo(1_600);

    feedUntilDrift(16);

    assertThat(settings().averagingWindow()).isEqualTo(512);
    records += 2_000;
    assertThat(settings().averagingWindow()).isEqualTo(1_000);
    Steering resumed = new Steering(averaged, PLAN, Steering.entries(steering.state()));
    assertThat(resumed.settings(records)).isEqualTo(settings());
  }

  @Test
  void shouldNotTakeARampBackThatHasNotGoneSoFar() {
    feed(640, 4);

    feedUntilDrift(24);

    assertThat(records).isLessThan(1_000);
    assertThat(settings().learningRate()).isEqualTo(SCHEDULE.at(records).learningRate());
    assertThat(settings().temperature()).isGreaterThan(SCHEDULE.at(records).temperature());
  }

  @Test
  void shouldRaiseNoAlarmWhenAgreementRises() {
    feed(3_200, 16);

    assertThat(feed(3_200, 4)).isEmpty();
  }

  @Test
  void shouldRaiseNoAlarmWhereAgreementFallsByLittle() {
    feed(3_200, 4);
    assertThat(feed(3_200, 6)).isEmpty();

    steering = new Steering(SCHEDULE, new DriftPlan(true, 0.002, 0.5, 500, 0), Map.of());
    records = 0;
    feed(3_200, 4);
    assertThat(feed(3_200, 6)).isNotEmpty();
  }

  @Test
  void shouldRaiseOneAlarmPerDrift() {
    feed(3_200, 4);
    feedUntilDrift(16);

    assertThat(feed(3_200, 16)).isEmpty();
  }

  @Test
  void shouldDoNothingWhereItIsSwitchedOff() {
    steering = new Steering(SCHEDULE, DriftPlan.OFF, Map.of());
    feed(3_200, 4);

    assertThat(feed(3_200, 30)).isEmpty();
    assertThat(settings()).isEqualTo(SCHEDULE.at(records));
  }

  @Test
  void shouldSteerOnFromItsStateAsIfNothingHadBeen() {
    feed(3_200, 4);
    feed(32, 16);
    Steering undisturbed = steering;
    steering = new Steering(SCHEDULE, PLAN, Steering.entries(withStrangers(steering.state())));
    int drifts = 0;

    for (int i = 0; i < 40; i++) {
      records += BATCH;
      Optional<Drift> expected = undisturbed.observe(rows(16), records);
      assertThat(steering.observe(rows(16), records)).isEqualTo(expected);
      drifts += expected.isPresent() ? 1 : 0;
      assertThat(steering.settings(records)).isEqualTo(undisturbed.settings(records));
    }
    assertThat(steering.state()).isEqualTo(undisturbed.state());
    assertThat(drifts).isEqualTo(1);
  }

  @Test
  void shouldCutTheRateUntilTheCutEnds() {
    steering.cut(new LearningRateReduction(0.25, 100));

    assertThat(steering.settings(99).learningRate()).isEqualTo(SCHEDULE.at(99).learningRate() / 4);
    assertThat(steering.settings(100)).isEqualTo(SCHEDULE.at(100));
  }

  @Test
  void shouldMoveAnAdaptiveTemperatureAndRememberIt() {
    TrainingSchedule adaptive =
        new TrainingSchedule(
            SCHEDULE.temperature(),
            0.7,
            SCHEDULE.learningRate(),
            1,
            0,
            0,
            1,
            8,
            Long.MAX_VALUE,
            Optional.of(new AdaptiveTemperature(0.4, 2, 8, 2, 8)),
            Optional.empty());
    steering = new Steering(adaptive, PLAN, Map.of());
    assertThat(settings().temperature()).isEqualTo(8);

    steering.adapt(
        new StepResult(
            rows(4),
            List.of(),
            new LossParts(1, Map.of(LossParts.DISTILLATION, 1.0, LossParts.CROSS_ENTROPY, 1.0)),
            1.4,
            1));

    double moved = 8 * Math.exp(-2 * 32 / 1_000.0);
    assertThat(settings().temperature()).isCloseTo(moved, within(1e-12));
    Steering resumed = new Steering(adaptive, PLAN, Steering.entries(steering.state()));
    assertThat(resumed.settings(records)).isEqualTo(settings());
    assertThat(resumed.state()).isEqualTo(steering.state());
  }

  private static Map<String, String> withStrangers(Map<String, String> state) {
    state.put("spec.width", "128");
    return state;
  }

  private StepSettings settings() {
    return steering.settings(records);
  }

  private Optional<Drift> feed(int count, int disagreeing) {
    Optional<Drift> drift = Optional.empty();
    for (int i = 0; i < count; i += BATCH) {
      records += BATCH;
      Optional<Drift> seen = steering.observe(rows(disagreeing), records);
      drift = drift.or(() -> seen);
    }
    return drift;
  }

  private Drift feedUntilDrift(int disagreeing) {
    for (int i = 0; i < 50; i++) {
      Optional<Drift> drift = feed(BATCH, disagreeing);
      if (drift.isPresent()) {
        return drift.get();
      }
    }
    throw new AssertionError("no drift seen");
  }

  private static List<RowScore> rows(int disagreeing) {
    return IntStream.range(0, BATCH)
        .mapToObj(i -> new RowScore(i < disagreeing ? 1 : 0, 0.5, 0, 0.1, TrainingBatch.UNKNOWN))
        .toList();
  }
}
