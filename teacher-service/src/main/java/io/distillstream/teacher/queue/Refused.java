package io.distillstream.teacher.queue;

import java.time.Duration;

/**
 * Why the queue does not take the texts of a call.
 *
 * @param retryAfter when there is room for them, if all who were refused before come back first
 * @param texts of the size of those refused that would be answered in time, where the call is too
 *     large
 */
public record Refused(Reason reason, Duration retryAfter, int texts) {

  static final Refused CLOSED = new Refused(Reason.CLOSED, Duration.ZERO, 0);

  /** What is wanting. */
  public enum Reason {
    /** The model has so much to do that the answer is expected later than it may come. */
    OVERLOAD,
    /** The call's own texts take longer than the answer may, even if nothing else waits. */
    LARGE_CALL,
    /** The model stands still for commits, which take longer than the answer may. */
    SLOW_COMMITS,
    /** So many texts wait that there is no room. */
    FULL,
    /** The queue is closed. */
    CLOSED
  }
}
