package io.distillstream.trainer.examples;

import io.distillstream.trainer.engine.TrainingStoppedException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Examples from every partition of a topic, decoded and tokenized ahead of training by a thread of
 * its own, about {@code ahead} records early.
 *
 * <p>Partitions are merged by the records' timestamps, see {@link PartitionMerge}: the order is a
 * function of the log and of the positions alone, so that a trainer that was killed meets the
 * records again in the order in which it met them before. A partition that has more in the log than
 * is fetched is waited for. One that has been read to its end is not, nor is one that delivers
 * nothing for ten seconds though it has more, such as one without a leader, until it delivers
 * again. Then the others go on, and what comes late is trained late: each record still once, but
 * after a restart from before that moment, in the order of the timestamps.
 *
 * <p>Partitions are assigned, not subscribed: offsets come from the checkpoint, and there is one
 * trainer per model, which the producer's transactional id fences.
 */
public final class KafkaExampleSource implements ExampleSource {
  private static final Logger log = LoggerFactory.getLogger(KafkaExampleSource.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final String topic;
  private final Function<ConsumerRecord<String, byte[]>, Arrival> reader;
  private final int ahead;
  private final Duration patience;
  private @Nullable ExampleFetcher fetcher;

  /**
   * @param consumers each call opens a consumer of committed records, which this owns
   * @param reader turns a record into an arrival; called on the fetching thread
   */
  public KafkaExampleSource(
      Supplier<Consumer<String, byte[]>> consumers,
      String topic,
      Function<ConsumerRecord<String, byte[]>, Arrival> reader,
      int ahead) {
    this(consumers, topic, reader, ahead, PATIENCE);
  }

  /**
   * @param patience how long a partition that has more may hold up the others
   */
  public KafkaExampleSource(
      Supplier<Consumer<String, byte[]>> consumers,
      String topic,
      Function<ConsumerRecord<String, byte[]>, Arrival> reader,
      int ahead,
      Duration patience) {
    this.consumers = consumers;
    this.topic = topic;
    this.reader = reader;
    this.ahead = ahead;
    this.patience = patience;
  }

  @Override
  public void seek(Map<Integer, Long> positions) {
    close();
    Consumer<String, byte[]> consumer = consumers.get();
    Map<Integer, Long> start;
    try {
      start = assign(consumer, positions);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
    fetcher = new ExampleFetcher(consumer, start, reader, ahead, patience);
    fetcher.start();
  }

  private Map<Integer, Long> assign(
      Consumer<String, byte[]> consumer, Map<Integer, Long> positions) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new TrainingStoppedException("topic " + topic + " does not exist");
    }
    // Before the assignment: of an assigned partition the client takes any offset that it asks for
    // as the end of the log, and would say that there is no lag.
    Map<TopicPartition, Long> beginnings = new HashMap<>(consumer.beginningOffsets(partitions));
    consumer.assign(partitions);
    Map<Integer, Long> start = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long beginning = beginnings.getOrDefault(partition, 0L);
      long wanted = positions.getOrDefault(partition.partition(), beginning);
      if (wanted < beginning) {
        log.warn(
            "{}: offsets {} to {} went with the topic's retention before they were trained",
            partition,
            wanted,
            beginning);
      }
      start.put(partition.partition(), Math.max(wanted, beginning));
      consumer.seek(partition, Math.max(wanted, beginning));
    }
    return start;
  }

  @Override
  public @Nullable Arrival poll(Duration wait) throws InterruptedException {
    if (fetcher == null) {
      throw new IllegalStateException("seek before the first poll");
    }
    return fetcher.next(wait);
  }

  @Override
  public void close() {
    if (fetcher != null) {
      fetcher.end();
      fetcher = null;
    }
  }
}
