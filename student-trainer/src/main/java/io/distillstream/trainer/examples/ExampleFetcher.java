package io.distillstream.trainer.examples;

import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic from one set of positions on, merges its partitions, and decodes ahead into a
 * bounded queue, until it is ended. Owns its consumer.
 */
final class ExampleFetcher extends Thread {
  private static final Logger log = LoggerFactory.getLogger(ExampleFetcher.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** Handed over at once, so that the threads need not wake each other for every record. */
  private static final int CHUNK = 64;

  /** Records of one partition that are fetched before others deliver theirs. */
  private static final int MOST_WAITING = 1_000;

  private final Consumer<String, byte[]> consumer;
  private final Function<ConsumerRecord<String, byte[]>, Arrival> reader;
  private final BlockingQueue<List<Arrival>> queue;

  /** The reading thread's own: what is left of the newest chunk. */
  private Iterator<Arrival> chunk = Collections.emptyIterator();

  private final Map<Integer, Long> reported;
  private final PartitionMerge merge;
  private final Duration patience;

  /** Partitions that have more in the log than was fetched. */
  private final Set<Integer> unfetched = new HashSet<>();

  /** Since when the merge waits for such a partition. */
  private final Map<Integer, Long> awaitedSince = new HashMap<>();

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;

  /**
   * @param start partition to the offset from which the consumer reads
   * @param patience how long a partition that has more in the log may hold up the others
   */
  ExampleFetcher(
      Consumer<String, byte[]> consumer,
      Map<Integer, Long> start,
      Function<ConsumerRecord<String, byte[]>, Arrival> reader,
      int ahead,
      Duration patience) {
    super("trainer-fetch");
    this.reported = new HashMap<>(start);
    this.merge = new PartitionMerge(start.keySet());
    this.patience = patience;
    this.consumer = consumer;
    this.reader = reader;
    this.queue = new ArrayBlockingQueue<>(Math.max(1, ahead / CHUNK));
    setDaemon(true);
  }

  @Override
  public void run() {
    try (consumer) {
      while (ended.getCount() > 0) {
        fetch();
        List<Arrival> arrivals = merged();
        if (merge.isEmpty()) {
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

  private void fetch() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
      merge.add(record);
      awaitedSince.remove(record.partition());
    }
    for (TopicPartition partition : consumer.assignment()) {
      int waiting = merge.waiting(partition.partition());
      if (waiting > MOST_WAITING) {
        consumer.pause(List.of(partition));
      } else if (waiting < MOST_WAITING / 2) {
        consumer.resume(List.of(partition));
      }
      // Unknown, and so perhaps more, until the broker has said where the log ends.
      if (consumer.currentLag(partition).orElse(1) == 0) {
        awaitedSince.remove(partition.partition());
        unfetched.remove(partition.partition());
      } else {
        unfetched.add(partition.partition());
      }
    }
  }

  /** Full chunks go to the queue; what is returned is the rest. */
  private List<Arrival> merged() throws InterruptedException {
    List<Arrival> arrivals = new ArrayList<>(CHUNK);
    ConsumerRecord<String, byte[]> record = merge.next(this::awaited);
    while (record != null && ended.getCount() > 0) {
      arrivals.add(read(record));
      reported.put(record.partition(), record.offset() + 1);
      if (arrivals.size() == CHUNK) {
        queue.put(arrivals);
        arrivals = new ArrayList<>(CHUNK);
      }
      record = merge.next(this::awaited);
    }
    return arrivals;
  }

  /** Whether this partition, of which nothing is at hand, may hold up the others. */
  private boolean awaited(int partition) {
    if (!unfetched.contains(partition)) {
      return false;
    }
    long now = System.nanoTime();
    long waited = now - awaitedSince.computeIfAbsent(partition, absent -> now);
    return waited < patience.toNanos();
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
