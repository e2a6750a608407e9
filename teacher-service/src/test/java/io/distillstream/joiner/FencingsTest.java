package io.distillstream.joiner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FencingsTest {
  private final Time time = new Time();

  @Test
  void shouldJoinAgainTwiceInAWhileAndThenGiveUp() {
    Fencings fencings = new Fencings(time);

    assertThat(fencings.mayJoinAgain()).isTrue();
    assertThat(fencings.mayJoinAgain()).isTrue();
    assertThat(fencings.mayJoinAgain()).isFalse();
  }

  @Test
  void shouldJoinAgainAsOftenAsBrokersForgetIt() {
    Fencings fencings = new Fencings(time);

    for (int i = 0; i < 100; i++) {
      assertThat(fencings.mayJoinAgain()).isTrue();
      time.now = time.now.plus(Duration.ofMinutes(3));
    }
  }

  @Test
  void shouldMakeTheOlderOfTwoGiveUp() {
    Fencings older = new Fencings(time);
    Fencings newer = new Fencings(time);

    boolean joined = true;
    int joins = 0;
    Fencings fenced = older;
    while (joined) {
      joined = fenced.mayJoinAgain();
      joins += joined ? 1 : 0;
      fenced = fenced == older ? newer : older;
    }

    assertThat(fenced).as("who goes on").isSameAs(newer);
    assertThat(joins).isEqualTo(4);
  }

  /** A clock that is set by hand. */
  private static final class Time extends Clock {
    private Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("this clock has one zone");
    }
  }
}
