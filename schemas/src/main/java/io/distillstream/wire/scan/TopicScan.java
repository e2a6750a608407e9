package io.distillstream.wire.scan;

import static java.util.Objects.requireNonNull;

import io.distillstream.wire.ClusterConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongBiFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads stretches of topics once, outside any group, in the order of each partition. Ends are
 * committed ones and are fixed before reading begins, so a scan of a topic that is written to ends.
 * Owns its consumer; used by one thread.
 */
public final class TopicScan implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  /** Longer than Kafka lets a transaction hide what lies behind it. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * The consumer asks for what follows before it is known that nothing is to be read there, and the
   * broker is asked for nothing else meanwhile.
   */
  private static final int LONGEST_FETCH_MILLIS = 20;

  private final Consumer<String, byte[]> consumer;
  private final Duration patience;

  /** Reads committed records of a cluster. */
  public TopicScan(ClusterConnection cluster) {
    this(new KafkaConsumer<>(properties(cluster)), PATIENCE);
  }

  private static Map<String, Object> properties(ClusterConnection cluster) {
    Map<String, Object> properties = cluster.readerProperties();
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, LONGEST_FETCH_MILLIS);
    return properties;
  }

  /**
   * @param consumer transferred; reads committed records and begins at the earliest one where an
   *     offset is gone
   * @param patience how long it may go without progress
   */
  public TopicScan(Consumer<String, byte[]> consumer, Duration patience) {
    this.consumer = consumer;
    this.patience = patience;
  }

  /** All that the topic holds at present. */
  public List<Stretch> whole(String topic) {
    return stretches(partitions(topic), (beginning, end) -> beginning);
  }

  /** The last offsets of each partition, as many as {@code limit}, control records among them. */
  public List<Stretch> last(String topic, long limit) {
    return stretches(partitions(topic), (beginning, end) -> Math.max(beginning, end - limit));
  }

  /** What was written since then, by the times of the records themselves. */
  public List<Stretch> since(String topic, Instant time) {
    List<Stretch> whole = whole(topic);
    Map<TopicPartition, Long> times = new HashMap<>();
    whole.forEach(stretch -> times.put(stretch.partition(), time.toEpochMilli()));
    Map<TopicPartition, @Nullable OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
    return whole.stream()
        .map(
            stretch -> {
              OffsetAndTimestamp first = found.get(stretch.partition());
              long from = first == null ? stretch.to() : first.offset();
              return new Stretch(stretch.partition(), from, stretch.to());
            })
        .toList();
  }

  private List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  private List<Stretch> stretches(
      List<TopicPartition> partitions, ToLongBiFunction<Long, Long> from) {
    // Asked of partitions that are not assigned, the consumer warns about each.
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
    return partitions.stream()
        .map(
            partition -> {
              long end = requireNonNull(ends.get(partition));
              long beginning = requireNonNull(beginnings.get(partition));
              return new Stretch(partition, from.applyAsLong(beginning, end), end);
            })
        .toList();
  }

  /**
   * Hands over every committed record of the stretches, of which there is one a partition.
   *
   * @throws StalledScanException if nothing came for as long as patience lasts
   * @throws KafkaException if the cluster refuses
   */
  public void read(
      Collection<Stretch> stretches,
      java.util.function.Consumer<ConsumerRecord<String, byte[]>> each) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    stretches.stream()
        .filter(stretch -> stretch.from() < stretch.to())
        .forEach(stretch -> ends.put(stretch.partition(), stretch.to()));
    consumer.assign(ends.keySet());
    // An earlier stretch of the same partition left it paused.
    consumer.resume(ends.keySet());
    stretches.stream()
        .filter(stretch -> ends.containsKey(stretch.partition()))
        .forEach(stretch -> consumer.seek(stretch.partition(), stretch.from()));
    Progress progress = new Progress(ends);
    while (progress.unfinished()) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.offset()
            < requireNonNull(ends.get(new TopicPartition(record.topic(), record.partition())))) {
          each.accept(record);
        }
      }
    }
  }

  /** Positions and not records tell the end: the last offsets may be control records. */
  private final class Progress {
    private final Map<TopicPartition, Long> remaining;
    private Map<TopicPartition, Long> positions = Map.of();
    private long movedAt = System.nanoTime();

    Progress(Map<TopicPartition, Long> ends) {
      remaining = new HashMap<>(ends);
    }

    /** Whether there is more to read; what has been read to its end is asked for no longer. */
    boolean unfinished() {
      Map<TopicPartition, Long> now = new HashMap<>();
      remaining.keySet().forEach(partition -> now.put(partition, consumer.position(partition)));
      remaining.entrySet().removeIf(end -> requireNonNull(now.get(end.getKey())) >= end.getValue());
      now.keySet().retainAll(remaining.keySet());
      consumer.pause(
          consumer.assignment().stream()
              .filter(partition -> !remaining.containsKey(partition))
              .toList());
      if (!now.equals(positions)) {
        positions = now;
        movedAt = System.nanoTime();
      } else if (!remaining.isEmpty() && System.nanoTime() - movedAt > patience.toNanos()) {
        TopicPartition stuck = remaining.keySet().iterator().next();
        throw new StalledScanException(
            stuck, requireNonNull(now.get(stuck)), requireNonNull(remaining.get(stuck)), patience);
      }
      return !remaining.isEmpty();
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
