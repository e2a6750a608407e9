package io.distillstream.teacher.openai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.Unavailability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetTest {

  private Instant now = Instant.parse("2026-01-01T22:00:00Z");

  @Test
  void shouldLetCallsWaitUntilTheMinuteHasTokensAgain() {
    Budget budget = budget(new BudgetSettings(600, 0, 0, 0, Optional.empty()));
    assertThat(budget.exhausted()).isEmpty();

    budget.spend(700, 99);

    // 199 too many, and one for the next call, at 10 a second.
    assertThat(budget.exhausted())
        .contains(
            new Unavailability(
                "the budget of 600 tokens a minute is spent", Duration.ofSeconds(20)));
    now = now.plusSeconds(20);
    assertThat(budget.exhausted()).isEmpty();
  }

  @Test
  void shouldStopUntilTheNextDayWhenItsMoneyIsSpent() {
    Budget budget = budget(new BudgetSettings(0, 1.5, 2, 10, Optional.empty()));

    assertThat(budget.spend(500_000, 40_000)).isEqualTo(1.4);
    assertThat(budget.exhausted()).isEmpty();
    budget.spend(0, 10_000);

    assertThat(budget.spentToday()).isEqualTo(1.5);
    assertThat(budget.exhausted().map(Unavailability::reason).orElse(""))
        .isEqualTo("the day's budget of 1.50 is spent; the next day begins at 00:00 UTC");
    assertThat(budget.exhausted().map(Unavailability::retryAfter)).contains(Duration.ofHours(2));
    now = now.plus(Duration.ofHours(2));
    assertThat(budget.exhausted()).isEmpty();
    assertThat(budget.spentToday()).isZero();
  }

  @Test
  void shouldRememberExpensesOverARestart(@TempDir Path folder) {
    Path ledger = folder.resolve("expenses");
    BudgetSettings settings = new BudgetSettings(0, 1, 1, 1, Optional.of(ledger));
    budget(settings).spend(400_000, 0);
    budget(settings).spend(600_000, 0);

    assertThat(budget(settings).exhausted()).isPresent();
  }

  @Test
  void shouldSpendNothingThatCannotBeWrittenDown(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing");
    Budget budget =
        budget(new BudgetSettings(0, 10, 1, 1, Optional.of(missing.resolve("expenses"))));
    budget.spend(1, 1);

    assertThat(budget.exhausted().map(Unavailability::reason).orElse(""))
        .contains("cannot be written down");

    Files.createDirectory(missing);
    assertThat(budget.exhausted()).isEmpty();
  }

  @Test
  void shouldRefuseAFileThatIsNoLedger(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("notes"), "something else");

    assertThatThrownBy(() -> budget(new BudgetSettings(0, 1, 1, 1, Optional.of(file))))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("notes is no ledger");
  }

  private Budget budget(BudgetSettings settings) {
    return new Budget(settings, () -> now);
  }
}
