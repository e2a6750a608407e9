package io.distillstream.lag;

import io.distillstream.lag.Survey.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * How long open transactions have kept readers of committed records where they are. A transaction
 * that is under way does so for a moment; one whose end never comes, for ever. Used by one thread.
 */
final class Standstills {

  /** A last stable offset, from which on something is open, and when it was first met. */
  private record Standstill(Uuid topicId, long stable, Instant since) {}

  private Map<TopicPartition, Standstill> known = Map.of();

  /**
   * Takes in where partitions end now.
   *
   * @return by partition; those on which nothing is open are left out
   */
  Map<TopicPartition, Duration> follow(Map<TopicPartition, Span> spans, Instant now) {
    Map<TopicPartition, Standstill> followed = new HashMap<>();
    Map<TopicPartition, Duration> heldBack = new HashMap<>();
    spans.forEach(
        (partition, span) -> {
          if (span.highWatermark() <= span.latest()) {
            return;
          }
          Standstill standstill = known.get(partition);
          if (standstill == null
              || standstill.stable() != span.latest()
              || !standstill.topicId().equals(span.topicId())) {
            standstill = new Standstill(span.topicId(), span.latest(), now);
          }
          followed.put(partition, standstill);
          heldBack.put(partition, Duration.between(standstill.since(), now));
        });
    known = followed;
    return heldBack;
  }
}
