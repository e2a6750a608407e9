package io.distillstream.acceptance.recovery;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the whole process at random instants while traffic comes in. */
class KillRecoveryIT {

  private static final int KILLS = 4;

  private final Random random = new Random();

  @Test
  void shouldTrainEveryRequestExactlyOnceHoweverOftenItIsKilled(@TempDir Path folder)
      throws Exception {
    AuditedTraffic.requireTrainedOnce(
        folder,
        local -> {
          for (int kill = 0; kill < KILLS; kill++) {
            // The instant is what the test varies; it waits for nothing.
            TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(6_000));
            local.kill();
            local.start();
            if (kill % 2 == 0) {
              local.awaitReady();
            }
          }
          local.awaitReady();
        });
  }
}
