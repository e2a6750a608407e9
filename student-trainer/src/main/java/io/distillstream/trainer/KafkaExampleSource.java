package io.distillstream.trainer;

import io.distillstream.wire.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Examples from every partition of a topic, decoded and tokenized ahead of training by a thread of
 * its own, in the order of consumption and about {@code ahead} records early.
 *
 * <p>Partitions are assigned, not subscribed: offsets come from the checkpoint, and there is one
 * trainer per model, which the producer's transactional id fences.
 */
final class KafkaExampleSource implements ExampleSource {
  private static final Logger log = LoggerFactory.getLogger(KafkaExampleSource.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Handed over at once, so that the threads need not wake each other for every record. */
  private static final int CHUNK = 64;

  private static final Duration RETRY = Duration.ofSeconds(2);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final String topic;
  private final Function<ConsumerRecord<String, byte[]>, Arrival> reader;
  private final int ahead;
  private @Nullable Fetcher fetcher;

  /**
   * @param consumers each call opens a consumer of committed records, which this owns
   * @param reader turns a record into an arrival; called on the fetching thread
   */
  KafkaExampleSource(
      Supplier<Consumer<String, byte[]>> consumers,
      String topic,
      Function<ConsumerRecord<String, byte[]>, Arrival> reader,
      int ahead) {
    this.consumers = consumers;
    this.topic = topic;
    this.reader = reader;
    this.ahead = ahead;
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
    fetcher = new Fetcher(consumer, start, reader, ahead);
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
    consumer.assign(partitions);
    Map<Integer, Long> start = new HashMap<>();
    Map<TopicPartition, Long> beginnings = new HashMap<>(consumer.beginningOffsets(partitions));
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

  /** One run from one set of positions. */
  private static final class Fetcher extends Thread {
    private final Consumer<String, byte[]> consumer;
    private final Function<ConsumerRecord<String, byte[]>, Arrival> reader;
    private final BlockingQueue<List<Arrival>> queue;

    /** The reading thread's own: what is left of the newest chunk. */
    private Iterator<Arrival> chunk = Collections.emptyIterator();

    private final Map<Integer, Long> reported;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;

    /**
     * @param start partition to the offset from which the consumer reads
     */
    Fetcher(
        Consumer<String, byte[]> consumer,
        Map<Integer, Long> start,
        Function<ConsumerRecord<String, byte[]>, Arrival> reader,
        int ahead) {
      super("trainer-fetch");
      this.reported = new HashMap<>(start);
      this.consumer = consumer;
      this.reader = reader;
      this.queue = new ArrayBlockingQueue<>(Math.max(1, ahead / CHUNK));
      setDaemon(true);
    }

    @Override
    public void run() {
      try (consumer) {
        while (ended.getCount() > 0) {
          ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
          List<Arrival> arrivals = new ArrayList<>(CHUNK);
          for (ConsumerRecord<String, byte[]> record : records) {
            arrivals.add(read(record));
            reported.put(record.partition(), record.offset() + 1);
            if (arrivals.size() == CHUNK) {
              queue.put(arrivals);
              arrivals = new ArrayList<>(CHUNK);
            }
            if (ended.getCount() == 0) {
              return;
            }
          }
          if (records.isEmpty()) {
            addNothing(arrivals);
          }
          if (!arrivals.isEmpty()) {
            queue.put(arrivals);
          }
        }
      } catch (WakeupException | InterruptedException e) {
        // end() asked for it.
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    /** The consumer moves on over offsets without a record; so may the trainer. */
    private void addNothing(List<Arrival> arrivals) {
      for (TopicPartition partition : consumer.assignment()) {
        long position = consumer.position(partition);
        if (position > reported.getOrDefault(partition.partition(), 0L)) {
          arrivals.add(new Arrival.Nothing(partition.partition(), position - 1));
          reported.put(partition.partition(), position);
        }
      }
    }

    /** Waits for a registry that is away: the record is not at fault. */
    private Arrival read(ConsumerRecord<String, byte[]> record) throws InterruptedException {
      while (true) {
        try {
          return reader.apply(record);
        } catch (RegistryUnavailableException e) {
          if (ended.await(RETRY.toNanos(), TimeUnit.NANOSECONDS)) {
            throw e;
          }
          log.warn("Waiting for the schema registry: {}", e.getMessage());
        }
      }
    }

    @Nullable Arrival next(Duration wait) throws InterruptedException {
      if (!chunk.hasNext()) {
        List<Arrival> next = queue.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
        if (next == null) {
          Throwable thrown = failure;
          if (thrown != null) {
            throw new TrainingStoppedException(
                "examples cannot be fetched: " + thrown.getMessage(), thrown);
          }
          return null;
        }
        chunk = next.iterator();
      }
      return chunk.next();
    }

    void end() {
      ended.countDown();
      consumer.wakeup();
      // The fetcher may be waiting for room in the queue; making room lets it see the flag.
      boolean interrupted = false;
      while (isAlive()) {
        queue.clear();
        try {
          join(POLL.toMillis());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
