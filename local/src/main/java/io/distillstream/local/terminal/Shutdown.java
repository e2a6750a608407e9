package io.distillstream.local.terminal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an orderly end: the signal asks the command to stop, and the
 * process ends only when the command has closed what it owns. (The broker must be closed after its
 * clients, and the training thread joined before the engine goes.)
 */
public final class Shutdown {

  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(60);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Shutdown() {}

  /** Installs the hook. */
  public static Shutdown onSignal() {
    Shutdown shutdown = new Shutdown();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  shutdown.asked.countDown();
                  try {
                    if (!shutdown.closed.await(LONGEST_FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
                      System.err.println("not closed in time; ending anyway");
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "shutdown"));
    return shutdown;
  }

  public boolean asked() {
    return asked.getCount() == 0;
  }

  /** Waits for the signal at most this long; whether it came. */
  public boolean await(Duration patience) throws InterruptedException {
    return asked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Everything is closed: the process may end. */
  public void done() {
    closed.countDown();
  }
}
