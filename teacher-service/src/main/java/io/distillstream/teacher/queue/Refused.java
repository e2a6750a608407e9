package io.distillstream.teacher.queue;

import java.time.Duration;

/**
 * Why the queue does not take the texts of a call.
 *
 * @param retryAfter when there is room for them, if all who were refused before come back first
 */
public record Refused(Reason reason, Duration retryAfter) {

  static final Refused CLOSED = new Refused(Reason.CLOSED, Duration.ZERO);

  /** What is wanting. */
  public enum Reason {
    /** The model has so much to do that the answer is expected later than it may come. */
    OVERLOAD,
    /** The model stands still for commits, which take longer than the answer may. */
    SLOW_COMMITS,
    /** So many texts wait that there is no room. */
    FULL,
    /** The queue is closed. */
    CLOSED
  }
}
