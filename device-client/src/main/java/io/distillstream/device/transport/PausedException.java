package io.distillstream.device.transport;

import java.io.IOException;
import java.time.Duration;

/** Nothing is sent for a while, since what was sent last was not delivered; it was told why. */
public final class PausedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final long leftNanos;

  PausedException(String message, long leftNanos) {
    super(message);
    this.leftNanos = leftNanos;
  }

  /** Until the pause is over. */
  public Duration left() {
    return Duration.ofNanos(leftNanos);
  }
}
