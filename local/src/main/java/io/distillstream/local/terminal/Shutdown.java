package io.distillstream.local.terminal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;

/**
 * Turns Ctrl-C and SIGTERM into an orderly end: the signal asks the command to stop, and the
 * process ends only when the command has closed what it owns. (The broker must be closed after its
 * clients, and the training thread joined before the engine goes.)
 *
 * <p>The signal is taken before the virtual machine sees it. A shutdown hook would come too late:
 * all hooks run at once, and ONNX Runtime's takes the engine away from threads that still work.
 */
public final class Shutdown {

  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(60);

  /** The signals that ask a process to end, and their numbers. */
  private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  /** Added to a signal's number, the exit code of a process that it ended. */
  private static final int ENDED_BY_SIGNAL = 128;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger signal = new AtomicInteger();
  private final Map<String, Object> handlersBefore = new LinkedHashMap<>();

  private Shutdown() {}

  /** Takes the signals that ask a process to end. A second one ends it at once. */
  public static Shutdown onSignal() {
    Shutdown shutdown = new Shutdown();
    SIGNALS.forEach(
        (name, number) -> {
          Object before = Signals.register(name, () -> shutdown.ask(number));
          // Null for what this system does not know.
          if (before != null) {
            shutdown.handlersBefore.put(name, before);
          }
        });
    return shutdown;
  }

  private void ask(int number) {
    if (!signal.compareAndSet(0, number)) {
      System.exit(exitCode());
    }
    Thread watch = new Thread(this::endLate, "shutdown");
    watch.setDaemon(true);
    watch.start();
    asked.countDown();
  }

  private void endLate() {
    try {
      if (!closed.await(LONGEST_FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("not closed in time; ending anyway");
        System.exit(exitCode());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public boolean asked() {
    return asked.getCount() == 0;
  }

  /** Waits for the signal at most this long; whether it came. */
  public boolean await(Duration patience) throws InterruptedException {
    return asked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Everything is closed: the process may end, and signals mean again what they meant before. */
  public void done() {
    closed.countDown();
    handlersBefore.forEach(Signals::unregister);
  }

  /** 0, or what tells the caller of the process that a signal ended it. */
  public int exitCode() {
    int number = signal.get();
    return number == 0 ? 0 : ENDED_BY_SIGNAL + number;
  }
}
