package io.distillstream.monitor.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.EventTimes;
import io.distillstream.monitor.view.TestRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorBudgetTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Duration FRESH = Duration.ofSeconds(60);
  private static final Duration STALE = Duration.ofMillis(60_100);

  private final ErrorBudget budget = new ErrorBudget(TestRecords.OBJECTIVE);

  @Test
  void shouldCountWhatIsOlderThanTheObjectiveAsLate() {
    installed(Duration.ofMinutes(1), FRESH, 97);
    installed(Duration.ofMinutes(1), STALE, 3);

    ErrorBudget.Report report = budget.report(NOW);

    assertThat(report.records()).isEqualTo(100);
    assertThat(report.late()).isEqualTo(3);
    assertThat(report.budgetLeft()).isCloseTo(0.4, within(1e-9));
    assertThat(report.objective()).isEqualTo("95% < 1m");
    assertThat(report.firing()).isEmpty();
  }

  @Test
  void shouldPageWhereTheBudgetBurnsFastOverBothWindows() {
    // 14.6 times 5 per cent are late in the last hour, also in its last five minutes.
    installed(Duration.ofMinutes(50), STALE, 73);
    installed(Duration.ofMinutes(50), FRESH, 27);
    installed(Duration.ofMinutes(2), STALE, 73);
    installed(Duration.ofMinutes(2), FRESH, 27);

    assertThat(budget.report(NOW).firing())
        .extracting(ErrorBudget.Alert::severity)
        .containsExactly("page", "page", "ticket", "ticket");
  }

  @Test
  void shouldEndAnAlertWhenItsShortWindowIsClean() {
    installed(Duration.ofMinutes(20), STALE, 100);
    installed(Duration.ofMinutes(2), FRESH, 20);

    List<ErrorBudget.Alert> alerts = budget.report(NOW).alerts();

    assertThat(alerts.get(0).longBurnRate()).isGreaterThan(14.4);
    assertThat(alerts.get(0).shortBurnRate()).isZero();
    assertThat(alerts.get(0).firing()).isFalse();
    assertThat(alerts.get(1).firing()).isTrue();
  }

  @Test
  void shouldForgetWhatIsOlderThanThePeriod() {
    installed(ErrorBudget.PERIOD.plusHours(1), STALE, 1_000);
    installed(Duration.ofDays(10), STALE, 1);
    installed(Duration.ofDays(10), FRESH, 99);

    ErrorBudget.Report report = budget.report(NOW);

    assertThat(report.records()).isEqualTo(100);
    assertThat(report.late()).isEqualTo(1);
    assertThat(report.alerts()).allSatisfy(alert -> assertThat(alert.longBurnRate()).isNull());
  }

  @Test
  void shouldKnowNothingWithoutRecords() {
    assertThat(budget.report(NOW).budgetLeft()).isNull();
    assertThat(budget.report(NOW).firing()).isEmpty();
  }

  private void installed(Duration ago, Duration age, long records) {
    Instant at = NOW.minus(ago);
    EventTimes received =
        new EventTimes(100, List.of(at.minus(age).toEpochMilli()), List.of(records));
    budget.installed(AgeHistogram.of(received, at), at);
  }
}
