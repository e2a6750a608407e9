package io.distillstream.monitor.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.monitor.freshness.Freshness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineViewTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final PipelineView view =
      new PipelineView("demo", TestRecords.MODEL, Duration.ofMinutes(5), TestRecords.OBJECTIVE);

  @Test
  void shouldSayThatNothingIsKnownBeforeTheFirstRecord() {
    Status status = view.status(NOW);

    assertThat(status.stages())
        .extracting(Status.StageStatus::name)
        .containsExactly("teacher", "joiner", "trainer", "quantizer", "device");
    assertThat(status.stages())
        .allSatisfy(
            stage -> {
              assertThat(stage.state()).isEqualTo("awaited");
              assertThat(stage.lag()).isNull();
              assertThat(stage.ratePerSecond()).isNull();
            });
    assertThat(status.training().agreement()).isNull();
    assertThat(status.freshness().overall()).isEqualTo(new Freshness.Window(0, null, null, null));
    assertThat(status.versions()).isEmpty();
  }

  /** Heard as soon as it was said. */
  private void hear(StageReport report) {
    view.stage(report, report.getAt());
  }

  @Test
  void shouldMissNoSignerButShowOne() {
    hear(TestRecords.stage("signer", NOW, "repositories_signed", 3));

    assertThat(view.status(NOW).stages())
        .extracting(Status.StageStatus::name)
        .containsExactly("teacher", "joiner", "trainer", "quantizer", "signer", "device");
  }

  @Test
  void shouldMeasureTheRateOverTheLastTenSeconds() {
    hear(TestRecords.stage("teacher", NOW.minusSeconds(60), "records_labelled", 0));
    hear(TestRecords.stage("teacher", NOW.minusSeconds(10), "records_labelled", 1_000));
    hear(TestRecords.stage("teacher", NOW, "records_labelled", 1_500));

    Status.StageStatus teacher = view.status(NOW).stages().get(0);

    assertThat(teacher.ratePerSecond()).isCloseTo(50, within(1e-9));
    assertThat(teacher.total()).isEqualTo(1_500);
    assertThat(teacher.state()).isEqualTo("running");
  }

  @Test
  void shouldNotTakeARestartForANegativeRate() {
    hear(TestRecords.stage("trainer", NOW.minusSeconds(4), "records_trained", 9_000));
    hear(TestRecords.stage("trainer", NOW.minusSeconds(2), "records_trained", 100));
    hear(TestRecords.stage("trainer", NOW, "records_trained", 300));

    assertThat(view.status(NOW).stages().get(2).ratePerSecond()).isCloseTo(100, within(1e-9));
  }

  @Test
  void shouldCallAStageSilentWhenItSaysNothing() {
    hear(TestRecords.stage("joiner", NOW.minusSeconds(6), "examples_joined", 5));

    Status.StageStatus joiner = view.status(NOW).stages().get(1);

    assertThat(joiner.state()).isEqualTo("silent");
    assertThat(joiner.ratePerSecond()).isNull();
    assertThat(joiner.lastReportAt()).isEqualTo("2026-03-01T11:59:54Z");
  }

  @Test
  void shouldMergeFreshnessOverAllRecordsAndNotOverInstallations() {
    // 90 records of 2 s and 10 of 40 s: the mean of the two medians would be 21 s.
    view.device(TestRecords.installed("d1", 1, NOW, Duration.ofSeconds(2), 90));
    view.device(TestRecords.installed("d1", 2, NOW.plusSeconds(1), Duration.ofSeconds(40), 10));

    Freshness.Window overall = view.status(NOW.plusSeconds(1)).freshness().overall();

    assertThat(overall.records()).isEqualTo(100);
    assertThat(overall.p50()).isEqualTo(2.0);
    assertThat(overall.p95()).isEqualTo(40.0);
    assertThat(overall.max()).isEqualTo(40.0);
  }

  @Test
  void shouldTellRecentFreshnessFromAll() {
    view.device(TestRecords.installed("d1", 1, NOW, Duration.ofSeconds(30), 10));
    view.device(TestRecords.installed("d1", 2, NOW.plusSeconds(600), Duration.ofSeconds(3), 10));

    Freshness freshness = view.status(NOW.plusSeconds(600)).freshness();

    assertThat(freshness.recent().records()).isEqualTo(10);
    assertThat(freshness.recent().max()).isEqualTo(3.0);
    assertThat(freshness.overall().records()).isEqualTo(20);
    assertThat(freshness.recentSeconds()).isEqualTo(300);
  }

  @Test
  void shouldCountAReportThatWasSentTwiceOnce() {
    view.device(TestRecords.installed("d1", 1, NOW, Duration.ofSeconds(2), 90));
    view.device(TestRecords.installed("d1", 1, NOW, Duration.ofSeconds(2), 90));

    assertThat(view.status(NOW).freshness().overall().records()).isEqualTo(90);
  }

  @Test
  void shouldCountDevicesPerVersionAndThoseBehind() {
    view.update(TestRecords.update(1, 1_000, 0.6, NOW));
    view.update(TestRecords.update(2, 2_000, 0.7, NOW));
    view.device(TestRecords.installed("d1", 1, NOW, Duration.ofSeconds(2), 1));
    view.device(TestRecords.installed("d2", 1, NOW, Duration.ofSeconds(2), 1));
    view.device(TestRecords.installed("d2", 2, NOW.plusSeconds(1), Duration.ofSeconds(2), 1));

    Status status = view.status(NOW.plusSeconds(1));

    assertThat(status.versions()).extracting(Status.Version::version).containsExactly(2L, 1L);
    assertThat(status.versions()).extracting(Status.Version::devices).containsExactly(1L, 1L);
    assertThat(status.devices().current()).isEqualTo(1);
    assertThat(status.stages().get(4).lag()).isEqualTo(1);
  }

  @Test
  void shouldKeepSayingWhatADeviceRunsWhenItRefusedAnUpdate() {
    view.device(TestRecords.installed("d1", 1, NOW, Duration.ofSeconds(2), 1));
    view.device(TestRecords.rejected("d1", 2, NOW.plusSeconds(1), "probe 0 of 8"));

    Status.Device device = view.status(NOW.plusSeconds(1)).devices().latest().get(0);

    assertThat(device.version()).isEqualTo(1);
    assertThat(device.rejectedVersion()).isEqualTo(2);
    assertThat(device.reason()).isEqualTo("probe 0 of 8");
  }

  @Test
  void shouldPreferWhatTheTrainerSaysNowToItsLastCheckpoint() {
    view.checkpoint(TestRecords.checkpoint(3, 3_000, 0.70, 0.5));
    assertThat(view.status(NOW).training().agreement()).isEqualTo(0.70);

    hear(
        TestRecords.stage(
            "trainer", NOW, Map.of(), Map.of("prequential_agreement", 0.74), Map.of()));

    Status.Training training = view.status(NOW).training();
    assertThat(training.agreement()).isEqualTo(0.74);
    assertThat(training.kl()).isEqualTo(0.5);
    assertThat(training.recordsTrained()).isEqualTo(3_000);
  }

  @Test
  void shouldTellTheAveragedWeightsFromTheNewest() {
    view.checkpoint(TestRecords.checkpoint(3, 3_000, 0.70, 0.5));
    view.update(TestRecords.update(3, 3_000, 0.70, NOW));

    Status status = view.status(NOW);
    assertThat(status.training().agreement()).isEqualTo(0.70);
    assertThat(status.training().averagedAgreement()).isCloseTo(0.72, within(1e-12));
    assertThat(status.training().averagedKl()).isCloseTo(0.45, within(1e-12));
    assertThat(status.versions().get(0).averagedAgreement()).isCloseTo(0.72, within(1e-12));
    assertThat(view.history().training().averagedAgreement()).hasSize(1).doesNotContainNull();
  }

  @Test
  void shouldLeaveTheAveragedWeightsOpenWhereTheNewestArePublished() {
    Checkpoint averaged = TestRecords.checkpoint(3, 3_000, 0.70, 0.5);
    view.checkpoint(
        Checkpoint.newBuilder(averaged)
            .setTraining(
                TrainingProgress.newBuilder(averaged.getTraining())
                    .setPrequentialAveraged(null)
                    .build())
            .build());

    assertThat(view.status(NOW).training().agreement()).isEqualTo(0.70);
    assertThat(view.status(NOW).training().averagedAgreement()).isNull();
    assertThat(view.history().training().averagedKl()).containsExactly((Double) null);
  }

  @Test
  void shouldIgnoreOtherModels() {
    Checkpoint other =
        Checkpoint.newBuilder(TestRecords.checkpoint(9, 9_000, 0.9, 0.1))
            .setModel("another")
            .build();

    view.checkpoint(other);

    assertThat(view.history().training().records()).isEmpty();
  }

  @Test
  void shouldBoundItsHistoryAndKeepBothEnds() {
    for (int version = 1; version <= 5_000; version++) {
      view.checkpoint(TestRecords.checkpoint(version, version * 100L, 0.5, 0.5));
      view.update(TestRecords.update(version, version * 100L, 0.5, NOW));
      view.deadLetter(NOW, "demo.requests", "number " + version);
    }

    History.TrainingSeries training = view.history().training();
    assertThat(training.records()).hasSizeBetween(500, 1_024).isSorted();
    assertThat(training.records().get(0)).isEqualTo(100);
    assertThat(training.records().get(training.records().size() - 1)).isEqualTo(500_000);
    assertThat(view.status(NOW).versions()).hasSize(20);
    assertThat(view.status(NOW).deadLetters().count()).isEqualTo(5_000);
    assertThat(view.status(NOW).deadLetters().latest()).hasSize(5);
    assertThat(view.status(NOW).deadLetters().latest().get(0).error()).isEqualTo("number 5000");
  }

  @Test
  void shouldKeepWhatAChannelRunsThatStandsStill() {
    view.update(
        ModelUpdate.newBuilder(TestRecords.update(1, 1_000, 0.5, NOW)).setChannel("arm").build());
    for (int version = 1; version <= 40; version++) {
      view.update(TestRecords.update(version, 1_000L * version, 0.5, NOW));
    }

    List<Status.Version> versions = view.status(NOW).versions();

    assertThat(versions).hasSize(20);
    assertThat(versions.get(19).channel()).isEqualTo("arm");
    assertThat(versions.get(18).version()).isEqualTo(22);
  }

  @Test
  void shouldStartItsCurvesAfreshWithAFreshStudent() {
    view.checkpoint(TestRecords.checkpoint(1, 1_000, 0.5, 0.5));
    view.checkpoint(TestRecords.checkpoint(2, 2_000, 0.6, 0.5));
    view.checkpoint(TestRecords.checkpoint(1, 500, 0.3, 0.5));

    assertThat(view.history().training().records()).containsExactly(500.0);
  }
}
