package io.distillstream.device.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryPauseTest {

  private static final Logger LOGGER = Logger.getLogger(DeliveryPause.class.getName());

  private final List<String> warnings = new ArrayList<>();
  private final Handler handler = new Warnings();
  private long now = -5;
  private final DeliveryPause pause = new DeliveryPause("Topic p.device-reports", () -> now);

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void listenNoLonger() {
    LOGGER.removeHandler(handler);
  }

  @Test
  void shouldLetThroughWhatFollowsNoFailure() throws Exception {
    pause.requireOver();
    pause.delivered();
    pause.requireOver();

    assertThat(warnings).isEmpty();
  }

  @Test
  void shouldPauseLongerAfterEachFailureUpToABoundAndWarnOnce() throws Exception {
    for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      fail("not authorized");
      assertPauses(Duration.ofSeconds(seconds));
    }

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("Topic p.device-reports", "not authorized");
  }

  @Test
  void shouldTakeWhatFailsWithinAPauseForTheSameFailure() throws Exception {
    fail("away");
    fail("away");
    fail("away");
    assertPauses(Duration.ofSeconds(1));

    fail("away");
    assertPauses(Duration.ofSeconds(2));
  }

  @Test
  void shouldPauseAtLeastAsLongAsItIsAsked() {
    pause.failed(new IOException("busy"), Duration.ofSeconds(60));

    now += Duration.ofSeconds(60).toNanos() - 1;
    assertThatThrownBy(pause::requireOver).isInstanceOf(PausedException.class);
  }

  @Test
  void shouldWarnAgainAndPauseShortlyAfterADelivery() throws Exception {
    fail("away");
    assertPauses(Duration.ofSeconds(1));
    fail("away");
    assertPauses(Duration.ofSeconds(2));
    pause.delivered();

    fail("away again");
    assertPauses(Duration.ofSeconds(1));
    assertThat(warnings).hasSize(2);
  }

  private void fail(String why) {
    pause.failed(new IOException(why), Duration.ZERO);
  }

  /** Ends the pause, which is of this length or up to half as long. */
  private void assertPauses(Duration longest) throws IOException {
    now += longest.dividedBy(2).toNanos() - 1;
    assertThatThrownBy(pause::requireOver)
        .isInstanceOfSatisfying(
            PausedException.class,
            e -> assertThat(e.left()).isBetween(Duration.ofNanos(1), longest.dividedBy(2)));
    now += longest.dividedBy(2).toNanos() + 1;
    pause.requireOver();
  }

  private final class Warnings extends Handler {

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().equals(Level.WARNING)) {
        warnings.add(line.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
