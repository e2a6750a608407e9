package io.distillstream.teacher.queue;

import java.time.Duration;

/**
 * When the queue is full and when a window is ready.
 *
 * @param capacity texts that may wait, in each of the two lanes
 * @param window the most texts in a window
 * @param batch texts that are worth starting for
 * @param httpWait the longest that a caller's text waits for others
 * @param logWait the longest that a log record waits for others
 * @param answerExpected within which a caller's answer has to be expected for it to be taken, its
 *     own texts apart
 * @param answerWithin within which a call's own texts have to be expected to be answered, too
 * @param httpShare of the model, in (0, 1), that callers get while records of the log wait, too
 */
public record QueueBounds(
    int capacity,
    int window,
    int batch,
    Duration httpWait,
    Duration logWait,
    Duration answerExpected,
    Duration answerWithin,
    double httpShare) {

  public QueueBounds {
    if (batch < 1 || window < Math.max(2, batch) || capacity < window) {
      throw new IllegalArgumentException(
          "Expected 1 <= batch <= window <= capacity and a window of at least 2, found %d, %d, %d"
              .formatted(batch, window, capacity));
    }
    if (!(httpShare > 0 && httpShare < 1)) {
      throw new IllegalArgumentException(
          "Expected 0 < share of HTTP < 1, found %s".formatted(httpShare));
    }
  }

  /** With half of the model for callers and half for the log. */
  public QueueBounds(
      int capacity,
      int window,
      int batch,
      Duration httpWait,
      Duration logWait,
      Duration answerExpected,
      Duration answerWithin) {
    this(capacity, window, batch, httpWait, logWait, answerExpected, answerWithin, 0.5);
  }
}
