package io.distillstream.monitor.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.StageReport;
import io.distillstream.lag.Lag;
import io.distillstream.runtime.StageReporter;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** States of a stage, and the rates of what it writes. */
class StageViewTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final StageView trainer = new StageView(WatchedStage.TRAINER);

  @Test
  void shouldTellAStageThatWasClosedFromOneThatIsSilent() {
    trainer.report(report("i1", NOW.minusSeconds(20), Map.of(), Map.of()));
    assertThat(trainer.status(NOW, null).state()).isEqualTo("silent");

    trainer.report(report("i1", NOW, Map.of(), Map.of(StageReporter.STOPPED, "closed")));

    assertThat(trainer.status(NOW, null).state()).isEqualTo("stopped");
    assertThat(trainer.status(NOW, null).instances()).isZero();
    assertThat(trainer.status(NOW, null).ratePerSecond()).isNull();
  }

  @Test
  void shouldCallAStageStoppedThatGaveUpAndStillReports() {
    trainer.report(report("i1", NOW, Map.of(), Map.of(StageReporter.FAILURE, "the loss is NaN")));

    Status.StageStatus status = trainer.status(NOW, null);

    assertThat(status.state()).isEqualTo("stopped");
    assertThat(status.notes()).containsEntry("failure", "the loss is NaN");
  }

  @Test
  void shouldCallAStageRunningWhileOneOfItsInstancesIs() {
    trainer.report(report("i1", NOW.minusSeconds(1), Map.of(), Map.of()));
    trainer.report(report("i2", NOW, Map.of(), Map.of(StageReporter.STOPPED, "closed")));

    assertThat(trainer.status(NOW, null).state()).isEqualTo("running");
    assertThat(trainer.status(NOW, null).instances()).isEqualTo(1);
  }

  @Test
  void shouldTakeTheRateOfSeldomThingsOverALongerTime() {
    trainer.report(report("i1", NOW.minusSeconds(300), counts(0, 0), Map.of()));
    trainer.report(report("i1", NOW.minusSeconds(10), counts(29_000, 9), Map.of()));
    trainer.report(report("i1", NOW, counts(30_000, 9), Map.of()));

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

  private static Map<String, Long> counts(long records, long checkpoints) {
    return Map.of("records_trained", records, "checkpoints", checkpoints, "drifts", 1L);
  }

  private static StageReport report(
      String instance, Instant at, Map<String, Long> counters, Map<String, String> notes) {
    return new StageReport("trainer", instance, at, counters, Map.of(), notes);
  }
}
