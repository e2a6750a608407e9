package io.distillstream.teacher;

import java.time.Duration;

/**
 * The end of a time of waiting. It is measured by the monotonic clock, so that setting the wall
 * clock makes nobody wait longer. Immutable.
 */
public final class Deadline {

  /** The difference of two times of the monotonic clock is right up to 292 years. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  public static Deadline in(Duration wait) {
    Duration bounded = wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  /** How long it is until then; zero once it has passed. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }
}
