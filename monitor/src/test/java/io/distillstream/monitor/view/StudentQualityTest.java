package io.distillstream.monitor.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingEventKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Held-out scores, comparisons with the incumbent, refusals and other events. */
class StudentQualityTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final PipelineView view =
      new PipelineView("demo", TestRecords.MODEL, Duration.ofMinutes(5), TestRecords.OBJECTIVE);

  @Test
  void shouldTellHowGoodTheStudentIsBesideHowTheStreamGoes() {
    view.checkpoint(TestRecords.heldOut(TestRecords.checkpoint(3, 3_000, 0.99, 0.02), 0.71, 0.46));

    Status.Training training = view.status(NOW).training();
    Status.HeldOut heldOut = Objects.requireNonNull(training.heldOut());
    Status.HeldOutScore newest = Objects.requireNonNull(heldOut.newest());

    assertThat(training.agreement()).isEqualTo(0.99);
    assertThat(heldOut.published())
        .isEqualTo(new Status.HeldOutScore(2_000, 0.71, 0.46, 0.71 - 0.03, 0.041, 0.032));
    assertThat(newest.agreement()).isCloseTo(0.70, within(1e-12));
    assertThat(newest.accuracy()).isNull();
    assertThat(heldOut.labels())
        .hasSize(16)
        .containsEntry(
            "noun.animal", new Status.HeldOutScore(125, 0.71 + 0.15, 0.46, 0.71, null, 0.032));
    assertThat(training.replayedTrained()).isEqualTo(2_700);
    assertThat(training.heldOutRecords()).isEqualTo(150);
  }

  @Test
  void shouldLeaveHeldOutScoresOpenWhereNothingIsHeldOut() {
    view.checkpoint(TestRecords.checkpoint(3, 3_000, 0.70, 0.5));
    view.update(TestRecords.update(3, 3_000, 0.70, NOW));

    assertThat(view.status(NOW).training().heldOut()).isNull();
    assertThat(view.status(NOW).versions().get(0).heldOutAgreement()).isNull();
    assertThat(view.status(NOW).versions().get(0).incumbent()).isNull();
    assertThat(view.history().training().heldOutAgreement()).containsExactly((Double) null);
    assertThat(view.history().training().heldOutNewestKl()).containsExactly((Double) null);
  }

  @Test
  void shouldKeepTheHeldOutCurves() {
    view.checkpoint(TestRecords.heldOut(TestRecords.checkpoint(1, 1_000, 0.9, 0.1), 0.50, 0.9));
    view.checkpoint(TestRecords.heldOut(TestRecords.checkpoint(2, 2_000, 0.9, 0.1), 0.60, 0.7));

    History.TrainingSeries curves = view.history().training();

    assertThat(curves.heldOutAgreement()).containsExactly(0.50, 0.60);
    assertThat(curves.heldOutKl()).containsExactly(0.9, 0.7);
    assertThat(curves.heldOutNewestAgreement()).containsExactly(0.50 - 0.01, 0.60 - 0.01);
    assertThat(curves.heldOutNewestKl()).containsExactly(0.9 + 0.01, 0.7 + 0.01);
  }

  @Test
  void shouldTellHowAnUpdateComparedWithItsIncumbent() {
    view.update(
        TestRecords.compared(
            TestRecords.heldOut(TestRecords.update(4, 4_000, 0.9, NOW), 0.79, 0.4), 3, 0.005));

    Status.Version version = view.status(NOW).versions().get(0);
    Comparison incumbent = Objects.requireNonNull(version.incumbent());

    assertThat(version.heldOutAgreement()).isEqualTo(0.79);
    assertThat(incumbent.version()).isEqualTo(3);
    assertThat(incumbent.difference()).isCloseTo(0.005, within(1e-12));
    assertThat(incumbent.lowerBound()).isCloseTo(-0.003, within(1e-12));
    assertThat(incumbent.margin()).isEqualTo(0.01);
    assertThat(incumbent.worstClass()).isEqualTo("noun.food");
  }

  @Test
  void shouldShowARefusedVersionWithBothVersionsFiguresAndReason() {
    view.checkpoint(TestRecords.checkpoint(5, 5_000, 0.9, 0.1));
    view.event(TestRecords.refused(5, 5_000, 4, NOW));

    Status.Refusal refusal = view.status(NOW).refused().get(0);

    assertThat(refusal.version()).isEqualTo(5);
    assertThat(refusal.channel()).isEqualTo("stable");
    assertThat(refusal.recordsTrained()).isEqualTo(5_000);
    assertThat(refusal.reason()).isEqualTo("agreement 0.760 against 0.800 of version 4");
    assertThat(refusal.incumbent())
        .isEqualTo(
            new Comparison(4L, 2_000L, 0.76, 0.80, -0.04, -0.052, 0.01, 2L, null, null, null));
    assertThat(view.history().refused()).containsExactly(refusal);
  }

  @Test
  void shouldTakeTheDifferenceFromBothAgreementsWhereItIsNotTold() {
    view.event(
        TrainingEvent.newBuilder(TestRecords.refused(5, 5_000, 4, NOW))
            .setDetails(Map.of("agreement", 0.75, "incumbent_agreement", 0.80))
            .build());

    Comparison comparison = view.status(NOW).refused().get(0).incumbent();

    assertThat(comparison.difference()).isCloseTo(-0.05, within(1e-12));
    assertThat(comparison.version()).isNull();
  }

  @Test
  void shouldMarkOnlyRefusalsThatTheCurvesSpan() {
    view.event(TestRecords.refused(2, 9_000, 1, NOW));
    view.checkpoint(TestRecords.checkpoint(2, 9_000, 0.5, 0.5));
    assertThat(view.history().refused()).hasSize(1);

    // An older state was restored: the curves begin anew, and the refused version is not on them.
    view.checkpoint(TestRecords.checkpoint(3, 4_000, 0.5, 0.5));
    view.event(TestRecords.refused(4, 5_000, 1, NOW));
    assertThat(view.history().refused()).isEmpty();
    view.checkpoint(TestRecords.checkpoint(4, 5_000, 0.5, 0.5));

    assertThat(view.history().refused()).extracting(Status.Refusal::version).containsExactly(4L);
    assertThat(view.status(NOW).refused())
        .extracting(Status.Refusal::version)
        .containsExactly(4L, 2L);
  }

  @Test
  void shouldTellEventsNewestFirst() {
    view.event(event(TrainingEventKind.DRIFT, NOW));
    view.event(event(TrainingEventKind.ROLLBACK, NOW.plusSeconds(1)));

    assertThat(view.status(NOW).events())
        .extracting(Status.Event::kind)
        .containsExactly("rollback", "drift");
    assertThat(view.status(NOW).events().get(1))
        .isEqualTo(
            new Status.Event(
                "2026-03-01T12:00:00Z", "drift", 7, 7_000, null, "happened", Map.of("x", 1.5)));
    assertThat(view.status(NOW).refused()).isEmpty();
  }

  @Test
  void shouldCountEventsByKindAndKeepTheNewest() {
    for (int i = 1; i <= 100; i++) {
      view.event(TestRecords.refused(i, i * 100L, 1, NOW));
    }
    view.event(event(TrainingEventKind.PRUNED, NOW));
    view.checkpoint(TestRecords.checkpoint(1, 100, 0.5, 0.5));
    view.checkpoint(TestRecords.checkpoint(100, 10_000, 0.5, 0.5));

    Status status = view.status(NOW);

    assertThat(status.eventCounts())
        .containsEntry("refused", 100L)
        .containsEntry("pruned", 1L)
        .containsEntry("drift", 0L);
    assertThat(status.events()).hasSize(20);
    assertThat(status.refused()).hasSize(20);
    assertThat(status.refused().get(0).version()).isEqualTo(100);
    assertThat(view.history().refused()).hasSize(64);
    assertThat(view.history().refused().get(63).version()).isEqualTo(100);
  }

  @Test
  void shouldIgnoreEventsOfOtherModels() {
    view.event(
        TrainingEvent.newBuilder(TestRecords.refused(5, 5_000, 4, NOW))
            .setModel("another")
            .build());

    assertThat(view.status(NOW).events()).isEmpty();
    assertThat(view.status(NOW).refused()).isEmpty();
    assertThat(view.historyRevision()).isZero();
  }

  private static TrainingEvent event(TrainingEventKind kind, Instant at) {
    return TestRecords.event(kind, 7, 7_000, "happened", at).setDetails(Map.of("x", 1.5)).build();
  }
}
