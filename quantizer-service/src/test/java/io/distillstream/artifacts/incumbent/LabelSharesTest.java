package io.distillstream.artifacts.incumbent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelSharesTest {

  @Test
  void shouldFollowTheTraffic() {
    LabelShares shares = new LabelShares(10_000);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 5_000; i++) {
      shares.add(random.nextInt(10) < 6 ? 0 : 1 + random.nextInt(20));
    }

    assertThat(shares.of(0)).isCloseTo(0.6, within(0.03));
    assertThat(shares.of(7)).isCloseTo(0.02, within(0.01));
    assertThat(shares.of(99)).isZero();
    assertThat(IntStream.range(0, 21).mapToDouble(shares::of).sum()).isCloseTo(1, within(1e-9));
  }

  @Test
  void shouldHardlyMoveWithABurstAndGiveInInTheEnd() {
    LabelShares shares = new LabelShares(10_000);
    for (int i = 0; i < 2_000; i++) {
      shares.add(i % 50);
    }
    for (int i = 0; i < 250; i++) {
      shares.add(7);
    }
    assertThat(shares.of(7)).isBetween(0.02, 0.04);

    for (int i = 0; i < 50_000; i++) {
      shares.add(i % 2 == 0 ? 7 : i / 2 % 50);
    }
    assertThat(shares.of(7)).isGreaterThan(0.4);
  }

  @Test
  void shouldNotPreferLabelsThatCameFirst() {
    LabelShares shares = new LabelShares(10_000);
    for (int label = 0; label < 24; label++) {
      for (int i = 0; i < 42; i++) {
        shares.add(label);
      }
    }

    assertThat(shares.of(0) / shares.of(23)).isBetween(0.3, 4.0);
  }
}
