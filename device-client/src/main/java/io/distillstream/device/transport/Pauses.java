package io.distillstream.device.transport;

import io.distillstream.foundation.Backoff;
import java.time.Duration;
import java.util.Random;

/**
 * Pauses between attempts, longer and longer, and each shortened at random by up to half: devices
 * that lost the other end at the same moment must not come back at the same moment. Not
 * thread-safe.
 */
public final class Pauses {

  private final Backoff backoff;
  private final Random random = new Random();

  public Pauses(Duration first, Duration longest) {
    this.backoff = new Backoff(first, longest);
  }

  /** The pause before the next attempt. */
  public Duration next() {
    return jittered(backoff.next());
  }

  /** The same, where the other end asks for at least so much. */
  public Duration next(Duration asked) {
    Duration own = next();
    // Longer and not shorter: what was asked for has to be kept.
    return asked.isZero() ? own : asked.plusMillis(random.nextInt(1 + (int) asked.toMillis() / 2));
  }

  /** An attempt succeeded: the next pause is the first one again. */
  public void reset() {
    backoff.reset();
  }

  private Duration jittered(Duration pause) {
    long half = pause.toMillis() / 2;
    return Duration.ofMillis(half + (long) (random.nextDouble() * half));
  }
}
