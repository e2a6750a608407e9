package io.distillstream.teacher.queue;

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

  /**
   * Of a text that nothing is wrong with.
   *
   * @param retryAfter when it may be answered
   */
  public NotLabelledException(String reason, Duration retryAfter) {
    super(reason);
    this.retryAfter = retryAfter;
  }

  /** When asking again may help, where that is known. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
