package io.distillstream.teacher.http;

import io.distillstream.http.RefusedRequestException;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.Refused;
import io.distillstream.teacher.queue.TrafficMetrics;

/** What callers are told whose texts the queue does not take; counts them. */
final class QueueRefusals {

  private static final double NANOS_PER_SECOND = 1e9;

  private final LabelQueue queue;
  private final TrafficMetrics metrics;
  private final TeacherApi.Limits limits;

  QueueRefusals(LabelQueue queue, TrafficMetrics metrics, TeacherApi.Limits limits) {
    this.queue = queue;
    this.metrics = metrics;
    this.limits = limits;
  }

  /**
   * The answer to a call.
   *
   * @param texts of the call
   */
  RefusedRequestException of(Refused refused, int texts) {
    int retrySeconds =
        (int) Math.max(1, Math.ceil(refused.retryAfter().toNanos() / NANOS_PER_SECOND));
    return switch (refused.reason()) {
      case OVERLOAD -> {
        metrics.refused(TrafficMetrics.Reason.OVERLOAD, texts);
        yield RefusedRequestException.tooMany(
            "So much waits already that no answer is expected within %d ms"
                .formatted(limits.answerExpected().toMillis()),
            retrySeconds);
      }
      case LARGE_CALL -> {
        metrics.refused(TrafficMetrics.Reason.OVERLOAD, texts);
        yield RefusedRequestException.tooLarge(
            "%d texts of this length are not expected to be answered within %d ms, about %d are"
                .formatted(texts, limits.answerWithin().toMillis(), refused.texts()));
      }
      case SLOW_COMMITS -> {
        metrics.refused(TrafficMetrics.Reason.UNAVAILABLE, texts);
        yield RefusedRequestException.unavailable(
            "The Kafka cluster is so slow that nothing is expected to be recorded within %d ms;"
                    .formatted(limits.answerExpected().toMillis())
                + " \"record\": false is answered",
            retrySeconds);
      }
      case FULL -> {
        metrics.refused(TrafficMetrics.Reason.FULL, texts);
        yield RefusedRequestException.tooMany(
            "%d texts wait already, there is no room for %d more".formatted(queue.depth(), texts),
            retrySeconds);
      }
      case CLOSED -> {
        metrics.refused(TrafficMetrics.Reason.UNAVAILABLE, texts);
        yield RefusedRequestException.unavailable(
            "The teacher does not take texts any more", TeacherApi.OUTAGE_RETRY_SECONDS);
      }
    };
  }
}
