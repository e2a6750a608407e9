package io.distillstream.teacher.queue;

import io.distillstream.teacher.Unavailability;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A caller's text got no label, or none that was committed; asking again with the same request id
 * is safe.
 */
public final class NotLabelledException extends Exception {

  private static final long serialVersionUID = 1;

  private final @Nullable Duration retryAfter;

  public NotLabelledException(String reason) {
    super(reason);
    this.retryAfter = null;
  }

  private NotLabelledException(String reason, Duration retryAfter) {
    super(reason);
    this.retryAfter = retryAfter;
  }

  /**
   * What callers are told of a text that nothing is wrong with, while a teacher answers nothing.
   */
  public static NotLabelledException during(Unavailability outage) {
    return new NotLabelledException(
        "The teacher cannot answer just now: " + outage.reason(), outage.retryAfter());
  }

  /** When asking again may help, where that is known. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
