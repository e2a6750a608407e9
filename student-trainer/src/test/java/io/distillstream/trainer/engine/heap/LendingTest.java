package io.distillstream.trainer.engine.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.engine.heap.Lending.Loan;
import org.junit.jupiter.api.Test;

class LendingTest {

  @Test
  void shouldStayOffArraysThatItBeganWithUntilTheyAreReplaced() {
    Lending lending = new Lending(2, true);

    lending.replaced(1);

    assertThat(lending.isOwn(0)).isFalse();
    assertThat(lending.isOwn(1)).isTrue();
  }

  @Test
  void shouldStayOffWhatIsLentUntilTheLoanEnds() {
    Lending lending = new Lending(2, false);
    Loan loan = lending.lend();
    lending.replaced(1);

    assertThat(lending.isOwn(0)).isFalse();
    assertThat(lending.isOwn(1)).isTrue();

    loan.end();

    assertThat(lending.isOwn(0)).isTrue();
    assertThat(lending.isOwn(1)).isTrue();
  }

  @Test
  void shouldStayOffWhatAnyLoanThatIsOpenIncludes() {
    Lending lending = new Lending(2, false);
    Loan first = lending.lend();
    lending.replaced(1);
    Loan second = lending.lend();

    second.end();

    assertThat(lending.isOwn(0)).isFalse();
    assertThat(lending.isOwn(1)).isTrue();

    first.end();

    assertThat(lending.isOwn(0)).isTrue();
  }
}
