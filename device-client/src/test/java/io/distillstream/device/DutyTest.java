package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.device.transport.DeliveryPause;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DutyTest {

  private long now = -5;
  private int taken;
  private boolean failing = true;
  private final Duty duty =
      new Duty(
          "It cannot be done",
          () -> {
            taken++;
            if (failing) {
              throw new IOException("away");
            }
          },
          () -> now);

  @Test
  void shouldPauseLongerAfterEachFailureUpToABound() {
    assertThat(duty.attempt()).isFalse();
    for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      assertPauses(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void shouldBeginWithAShortPauseAgainAfterASuccess() {
    duty.attempt();
    assertPauses(Duration.ofSeconds(1));
    failing = false;
    now += Duration.ofSeconds(2).toNanos();
    assertThat(duty.attempt()).isTrue();
    assertThat(duty.attempt()).isTrue();

    failing = true;
    assertThat(duty.attempt()).isFalse();
    assertPauses(Duration.ofSeconds(1));
  }

  @Test
  void shouldPauseAsLongAsTheTransportSaysAndNoLonger() {
    DeliveryPause transport = new DeliveryPause("The other end");
    transport.failed(new IOException("away"), Duration.ofSeconds(10));
    Duty delivery =
        new Duty(
            "Reports cannot be sent",
            () -> {
              taken++;
              transport.requireOver();
            },
            () -> now);

    for (int tries = 1; tries <= 4; tries++) {
      assertThat(delivery.attempt()).isFalse();
      assertThat(taken).isEqualTo(tries);
      now += Duration.ofSeconds(8).toNanos();
      assertThat(delivery.attempt()).isFalse();
      assertThat(taken).as("within the transport's pause").isEqualTo(tries);
      // The transport asks for ten seconds and up to half as much more.
      now += Duration.ofSeconds(7).toNanos();
    }
  }

  /** The pause before the next attempt, which fails. */
  private void assertPauses(Duration pause) {
    int before = taken;
    now += pause.toNanos() - 1;
    assertThat(duty.attempt()).isFalse();
    assertThat(taken).as("within %s", pause).isEqualTo(before);
    now++;
    assertThat(duty.attempt()).isFalse();
    assertThat(taken).as("after %s", pause).isEqualTo(before + 1);
  }
}
