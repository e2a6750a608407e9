package io.distillstream.trainer.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutRuleTest {
  private static long heldOut(HeldOutRule rule, int ids) {
    return IntStream.range(0, ids).filter(id -> rule.holdsOut("request-" + id)).count();
  }

  @Test
  void shouldHoldOutOneInSoMany() {
    // Five standard deviations of 20,000 requests.
    assertThat(heldOut(new HeldOutRule(2), 20_000)).isBetween(9_646L, 10_354L);
    assertThat(heldOut(new HeldOutRule(5), 20_000)).isBetween(3_717L, 4_283L);
    assertThat(heldOut(new HeldOutRule(20), 20_000)).isBetween(846L, 1_154L);
    assertThat(heldOut(new HeldOutRule(1_000_000), 100)).isZero();
    assertThat(heldOut(HeldOutRule.NONE, 20_000)).isZero();
  }

  /** What was held out once must never be learned later, by whatever version of the trainer. */
  @Test
  void shouldChooseTheSameForEver() {
    HeldOutRule rule = new HeldOutRule(20);

    assertThat(IntStream.range(0, 120).filter(id -> rule.holdsOut("request-" + id)).boxed())
        .containsExactly(27, 35, 54, 67, 99);
  }

  @Test
  void shouldRefuseToHoldOutEverything() {
    assertThatThrownBy(() -> new HeldOutRule(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HeldOutRule(-2)).isInstanceOf(IllegalArgumentException.class);
  }
}
