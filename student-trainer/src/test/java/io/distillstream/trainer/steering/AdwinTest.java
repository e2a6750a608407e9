package io.distillstream.trainer.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdwinTest {
  private static final double DELTA = 0.002;

  private final SplittableRandom random = new SplittableRandom(11);
  private Adwin adwin = new Adwin(DELTA);

  @Test
  void shouldKeepTheWholeWindowWhileTheMeanStays() {
    for (int i = 0; i < 20_000; i++) {
      assertThat(addAndCheck(0.2)).isEmpty();
    }

    assertThat(adwin.length()).isEqualTo(20_000);
  }

  @Test
  void shouldSeeAnAbruptChangeSoonAndForgetWhatWasBefore() {
    for (int i = 0; i < 10_000; i++) {
      addAndCheck(0.2);
    }
    int delay = 0;
    Optional<Adwin.Change> change = Optional.empty();
    while (change.isEmpty()) {
      change = addAndCheck(0.5);
      delay++;
    }
    for (int i = 0; i < 1_000; i++) {
      addAndCheck(0.5);
    }

    assertThat(delay).isLessThan(200);
    assertThat(change.get().before()).isCloseTo(0.2, within(0.02));
    assertThat(change.get().after()).isGreaterThan(0.35);
    assertThat(adwin.length()).isLessThan(2_000);
  }

  @Test
  void shouldSeldomRaiseAFalseAlarm() {
    int alarms = 0;
    for (int stream = 0; stream < 50; stream++) {
      adwin = new Adwin(DELTA);
      for (int i = 0; i < 2_000; i++) {
        alarms += addAndCheck(0.3).isPresent() ? 1 : 0;
      }
    }

    assertThat(alarms).isLessThanOrEqualTo(1);
  }

  @Test
  void shouldSeeTheSameAfterAWayThroughText() {
    for (int i = 0; i < 3_000; i++) {
      adwin.add(random.nextDouble());
    }
    Adwin back = Adwin.read(DELTA, adwin.write());

    for (int i = 0; i < 500; i++) {
      double value = Math.min(1, 0.3 + random.nextDouble());
      adwin.add(value);
      back.add(value);
      assertThat(back.check()).isEqualTo(adwin.check());
    }
    assertThat(back.write()).isEqualTo(adwin.write());
    assertThat(adwin.length()).isLessThan(1_000);
  }

  @Test
  void shouldTakeMemoryThatGrowsWithTheLogarithmOnly() {
    for (int i = 0; i < 100_000; i++) {
      adwin.add(0.5);
    }

    assertThat(adwin.write().split(" ", -1).length).isLessThan(5 * 17 + 1);
  }

  @Test
  void shouldNameABucketThatIsNone() {
    assertThatThrownBy(() -> Adwin.read(DELTA, "4:2.0:2.0 x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"x\"");
  }

  private Optional<Adwin.Change> addAndCheck(double probability) {
    adwin.add(random.nextDouble() < probability ? 1 : 0);
    return adwin.check();
  }
}
