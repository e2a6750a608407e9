package io.distillstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Lets a process stand still, as one does whose machine sleeps. */
public final class ProcessPause {

  private ProcessPause() {}

  /** SIGSTOP, and SIGCONT after a while. */
  public static void of(Process process, Duration time) {
    try {
      signal(process, "STOP");
      try {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
      } finally {
        signal(process, "CONT");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Interrupted while a process stood still", e);
    }
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
    assertThat(kill.waitFor()).as("exit code of kill -%s", name).isZero();
  }
}
