package io.distillstream.device;

import io.distillstream.device.transport.PausedException;
import io.distillstream.foundation.Backoff;
import io.distillstream.foundation.PlatformLog;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One of the things that a device's thread does over and over. Where it fails, the others go on,
 * and it is tried again after a pause that grows. Not thread-safe.
 */
final class Duty {

  private static final PlatformLog log = PlatformLog.of(Duty.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final String failure;
  private final Step step;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private final LongSupplier nanoTime;
  private long notBefore;

  /** What is done. */
  interface Step {
    void take() throws IOException;
  }

  /**
   * @param failure what it means that the step fails, such as "Reports cannot be sent"
   * @param nanoTime the monotonic clock, nanoseconds
   */
  Duty(String failure, Step step, LongSupplier nanoTime) {
    this.failure = failure;
    this.step = step;
    this.nanoTime = nanoTime;
    this.notBefore = nanoTime.getAsLong();
  }

  /** Takes the step unless it pauses; whether it took it, without failure. */
  boolean attempt() {
    if (nanoTime.getAsLong() - notBefore < 0) {
      return false;
    }
    try {
      step.take();
      backoff.reset();
      return true;
    } catch (PausedException e) {
      // The transport has told why; a pause of our own on top of its would be one too many.
      notBefore = nanoTime.getAsLong() + e.left().toNanos();
      log.debug("{}: {}", failure, e.getMessage());
      return false;
    } catch (IOException | RuntimeException e) {
      // Whatever it is: what comes next must not find a device that has given up.
      Duration pause = backoff.next();
      notBefore = nanoTime.getAsLong() + pause.toNanos();
      log.warn("{}, next try in {}: {}", failure, pause, e.toString());
      log.debug("{}", failure, e);
      return false;
    }
  }
}
