package io.distillstream.teacher.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of the request log that wait, in the order of the log, and how far the log is read
 * and taken. Not thread-safe.
 */
final class LogLane {

  /** Offsets of records that need no label are committed alone after this long. */
  private static final long OFFSETS_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private record Waiting(LogEntry entry, long sinceNanos) {}

  private final Deque<Waiting> waiting = new ArrayDeque<>();

  /** How far the reader is; what lies before it is in the lane, or done. */
  private final Map<TopicPartition, Long> read = new HashMap<>();

  /** How far the windows taken so far are. */
  private final Map<TopicPartition, Long> taken = new HashMap<>();

  private long cost;
  private long readSinceNanos;

  void add(LogEntry entry, long nowNanos) {
    waiting.add(new Waiting(entry, nowNanos));
    cost += cost(entry);
  }

  int size() {
    return waiting.size();
  }

  /** Of all that wait, for the model. */
  long cost() {
    return cost;
  }

  /**
   * How long it may wait for more until a window is made of it; {@link Long#MAX_VALUE} if there is
   * nothing to take or to commit.
   *
   * @param most how long a record may wait
   */
  long nanosUntilDue(long nowNanos, Duration most) {
    if (!waiting.isEmpty()) {
      return most.toNanos() - (nowNanos - waiting.element().sinceNanos());
    }
    return offsetsDue() ? OFFSETS_WAIT_NANOS - (nowNanos - readSinceNanos) : Long.MAX_VALUE;
  }

  /** Everything before these positions was offered and taken, or needs no label. */
  void readUpTo(Map<TopicPartition, Long> positions, long nowNanos) {
    if (!offsetsDue()) {
      readSinceNanos = nowNanos;
    }
    read.putAll(positions);
  }

  /** Whether the log is read further than windows were taken. */
  private boolean offsetsDue() {
    return read.entrySet().stream()
        .anyMatch(position -> position.getValue() > taken.getOrDefault(position.getKey(), -1L));
  }

  /** What the first costs; there must be one. */
  int nextCost() {
    return cost(waiting.element().entry());
  }

  /** Takes the first; there must be one. */
  LogEntry take() {
    LogEntry entry = waiting.remove().entry();
    cost -= cost(entry);
    return entry;
  }

  /** How far the log is done with these entries, which were taken just now. */
  Map<TopicPartition, OffsetAndMetadata> offsetsOf(List<LogEntry> entries) {
    Map<TopicPartition, Long> reached = new HashMap<>();
    entries.forEach(entry -> reached.put(partition(entry), entry.source().offset() + 1));
    if (waiting.isEmpty()) {
      read.forEach((partition, position) -> reached.merge(partition, position, Math::max));
    }
    reached.entrySet().removeIf(r -> r.getValue() <= taken.getOrDefault(r.getKey(), -1L));
    taken.putAll(reached);
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    reached.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
    return offsets;
  }

  /** Forgets partitions. */
  void drop(Collection<TopicPartition> partitions) {
    waiting.removeIf(w -> partitions.contains(partition(w.entry())));
    cost = waiting.stream().mapToLong(w -> cost(w.entry())).sum();
    read.keySet().removeAll(partitions);
    taken.keySet().removeAll(partitions);
  }

  void clear() {
    waiting.clear();
    cost = 0;
    read.clear();
    taken.clear();
  }

  /** For the model; a record that is refused costs it nothing. */
  private static int cost(LogEntry entry) {
    return entry instanceof LogText text ? text.size() : 0;
  }

  private static TopicPartition partition(LogEntry entry) {
    return new TopicPartition(entry.source().topic(), entry.source().partition());
  }
}
