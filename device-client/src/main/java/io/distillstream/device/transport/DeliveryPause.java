package io.distillstream.device.transport;

import io.distillstream.foundation.PlatformLog;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps a {@link ReportSink} from sending again too soon what was not delivered: each failure in a
 * row is followed by a longer pause, from a second up to 30, each shortened at random by up to
 * half. The first of them is a warning, since the device itself sees none of what fails later than
 * it is sent. Thread-safe.
 */
public final class DeliveryPause {

  private static final PlatformLog log = PlatformLog.of(DeliveryPause.class);
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final String receiver;
  private final LongSupplier nanoTime;
  private final Pauses pauses = new Pauses(FIRST, LONGEST);
  private long over;
  private boolean failing;

  /**
   * @param receiver what does not take reports where it fails, such as "Topic
   *     student.device-reports"
   */
  public DeliveryPause(String receiver) {
    this(receiver, System::nanoTime);
  }

  /**
   * @param nanoTime the monotonic clock, nanoseconds
   */
  DeliveryPause(String receiver, LongSupplier nanoTime) {
    this.receiver = receiver;
    this.nanoTime = nanoTime;
    this.over = nanoTime.getAsLong();
  }

  /**
   * Returns when something may be sent.
   *
   * @throws PausedException if it is too early
   */
  public synchronized void requireOver() throws PausedException {
    long left = over - nanoTime.getAsLong();
    if (left > 0) {
      throw new PausedException(receiver + " took no report last; it is tried again", left);
    }
  }

  /**
   * Something was not delivered, and is to be sent again.
   *
   * @param asked how long the receiver asks to wait at least; zero if it does not
   */
  public synchronized void failed(Throwable failure, Duration asked) {
    if (over - nanoTime.getAsLong() > 0 && asked.isZero()) {
      // It was on its way when the pause began, and fails for the same reason.
      log.debug("{} does not take another report, either: {}", receiver, failure.toString());
      return;
    }
    Duration pause = pauses.next(asked);
    over = nanoTime.getAsLong() + pause.toNanos();
    String line = "{} takes no reports, next try in {}: {}";
    if (failing) {
      log.debug(line, receiver, pause, failure.toString());
    } else {
      failing = true;
      log.warn(line, receiver, pause, failure.toString());
    }
  }

  /** Something was delivered: the next failure is the first in a row again. */
  public synchronized void delivered() {
    failing = false;
    pauses.reset();
  }
}
