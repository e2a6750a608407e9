package io.distillstream.local.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {

  private final AtomicLong clock = new AtomicLong();

  @Test
  void shouldKeepTheRate() {
    Pace pace = new Pace(50, clock::get);
    long taken = 0;
    while (clock.get() < Duration.ofSeconds(10).toNanos()) {
      long wait = pace.take(10);
      if (wait == 0) {
        taken += 10;
      }
      clock.addAndGet(wait);
    }
    assertThat(taken).isBetween(490L, 510L);
  }

  @Test
  void shouldNotMakeUpForAPause() {
    Pace pace = new Pace(100, clock::get);
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    long burst = 0;
    while (pace.take(1) == 0) {
      burst++;
    }
    assertThat(burst).isEqualTo(25);
  }

  @Test
  void shouldNotWaitWithoutABound() {
    Pace pace = new Pace(Double.POSITIVE_INFINITY, clock::get);
    assertThat(pace.take(1_000_000)).isZero();
    assertThatThrownBy(() -> new Pace(0, clock::get)).hasMessageContaining("is 0.0");
  }
}
