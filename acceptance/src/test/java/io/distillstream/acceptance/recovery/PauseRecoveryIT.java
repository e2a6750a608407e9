package io.distillstream.acceptance.recovery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets the whole process stand still while traffic comes in, as on a machine that sleeps. */
class PauseRecoveryIT {

  /** Longer than any session or transaction may last. */
  private static final Duration PAUSE = Duration.ofSeconds(65);

  private final Random random = new Random();

  @Test
  void shouldTrainEveryRequestExactlyOnceWhereItsMachineSlept(@TempDir Path folder)
      throws Exception {
    AuditedTraffic.requireTrainedOnce(
        folder,
        local -> {
          TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(3_000));
          local.pause(PAUSE);
        });
  }
}
