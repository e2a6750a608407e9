package io.distillstream.monitor.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.StageReport;
import io.distillstream.lag.Lag;
import io.distillstream.runtime.StageReporter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** States of a stage, and the rates of what it writes. */
class StageViewTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final StageView trainer = new StageView(WatchedStage.TRAINER);

  @Test
  void shouldTellAStageThatWasClosedFromOneThatIsSilent() {
    hear(report("i1", NOW.minusSeconds(20), Map.of(), Map.of()));
    assertThat(trainer.status(NOW, null).state()).isEqualTo("silent");

    hear(report("i1", NOW, Map.of(), Map.of(StageReporter.STOPPED, "closed")));

    assertThat(trainer.status(NOW, null).state()).isEqualTo("stopped");
    assertThat(trainer.status(NOW, null).instances()).isZero();
    assertThat(trainer.status(NOW, null).ratePerSecond()).isNull();
  }

  @Test
  void shouldCallAStageStoppedThatGaveUpAndStillReports() {
    hear(report("i1", NOW, Map.of(), Map.of(StageReporter.FAILURE, "the loss is NaN")));

    Status.StageStatus status = trainer.status(NOW, null);

    assertThat(status.state()).isEqualTo("stopped");
    assertThat(status.notes()).containsEntry("failure", "the loss is NaN");
  }

  @Test
  void shouldCallAStageRunningWhileOneOfItsInstancesIs() {
    hear(report("i1", NOW.minusSeconds(1), Map.of(), Map.of()));
    hear(report("i2", NOW, Map.of(), Map.of(StageReporter.STOPPED, "closed")));

    assertThat(trainer.status(NOW, null).state()).isEqualTo("running");
    assertThat(trainer.status(NOW, null).instances()).isEqualTo(1);
  }

  @Test
  void shouldTakeTheRateOfSeldomThingsOverALongerTime() {
    hear(report("i1", NOW.minusSeconds(300), counts(0, 0), Map.of()));
    hear(report("i1", NOW.minusSeconds(10), counts(29_000, 9), Map.of()));
    hear(report("i1", NOW, counts(30_000, 9), Map.of()));

    Status.StageStatus status = trainer.status(NOW, null);

    assertThat(status.rates())
        .containsOnly(entry("records_trained", 100.0), entry("checkpoints", 0.03));
    assertThat(status.ratePerSecond()).isCloseTo(100, within(1e-9));
  }

  @Test
  void shouldTellHowSureTheLagIsAndWhatWasLost() {
    Status.StageStatus status = trainer.status(NOW, new Lag(7, 2.5, false, 30));

    assertThat(status.lag()).isEqualTo(7);
    assertThat(status.lagExact()).isFalse();
    assertThat(status.lost()).isEqualTo(30);
    assertThat(trainer.status(NOW, null).lost()).isNull();
  }

  @Test
  void shouldCallAStageRunningWhoseClockIsBehindOrAhead() {
    for (Duration off : List.of(Duration.ofMinutes(-3), Duration.ofDays(400))) {
      StageView stage = new StageView(WatchedStage.TRAINER);
      Instant there = NOW.plus(off);
      stage.report(report("i1", there.minusSeconds(10), counts(0, 0), Map.of()), NOW);
      stage.report(report("i1", there, counts(500, 0), Map.of()), NOW);

      Status.StageStatus status = stage.status(NOW.plusSeconds(5), null);
      assertThat(status.state()).isEqualTo("running");
      assertThat(status.ratePerSecond()).isCloseTo(50, within(1e-9));
      assertThat(status.lastReportAt()).isEqualTo(NOW.toString());
      assertThat(stage.status(NOW.plusSeconds(6), null).state()).isEqualTo("silent");
    }
  }

  @Test
  void shouldMeasureRatesAgainOnceAClockWasSetBack() {
    Instant before = NOW.plusSeconds(3_600);
    trainer.report(report("i1", before, counts(1_000, 0), Map.of()), NOW.minusSeconds(2));
    trainer.report(report("i1", NOW, counts(1_100, 0), Map.of()), NOW.minusSeconds(1));
    trainer.report(report("i1", NOW.plusSeconds(1), counts(1_200, 0), Map.of()), NOW);

    assertThat(trainer.status(NOW, null).ratePerSecond()).isCloseTo(100, within(1e-9));
  }

  /** Heard as soon as it was said. */
  private void hear(StageReport report) {
    trainer.report(report, report.getAt());
  }

  private static Map<String, Long> counts(long records, long checkpoints) {
    return Map.of("records_trained", records, "checkpoints", checkpoints, "drifts", 1L);
  }

  private static StageReport report(
      String instance, Instant at, Map<String, Long> counters, Map<String, String> notes) {
    return new StageReport("trainer", instance, at, counters, Map.of(), notes);
  }
}
