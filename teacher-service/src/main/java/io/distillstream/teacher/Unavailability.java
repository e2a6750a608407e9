package io.distillstream.teacher;

import java.time.Duration;

/**
 * Why a teacher answers nothing for a while.
 *
 * @param reason a clause for whoever waits, without texts or credentials
 * @param retryAfter from now, until it is worth asking again
 */
public record Unavailability(String reason, Duration retryAfter) {

  public Unavailability {
    if (retryAfter.isNegative()) {
      throw new IllegalArgumentException("Expected a time to come, got " + retryAfter);
    }
  }
}
