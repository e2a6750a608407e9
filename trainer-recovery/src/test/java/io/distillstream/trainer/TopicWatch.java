package io.distillstream.trainer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads topics from their beginning as they fill, and keeps the keys of what it saw. */
final class TopicWatch implements AutoCloseable {

  /** A record's place in the log. */
  record Place(String topic, int partition, long offset) {
    static Place of(ConsumerRecord<String, byte[]> record) {
      return new Place(record.topic(), record.partition(), record.offset());
    }
  }

  private final Consumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Map<Place, String> seen = new HashMap<>();
  private final Map<String, byte[]> newest = new HashMap<>();
  private final Thread thread = new Thread(this::run, "topic-watch");
  private volatile boolean ended;

  private TopicWatch(Map<String, Object> properties, List<String> topics) {
    consumer = new KafkaConsumer<>(properties);
    for (String topic : topics) {
      consumer.partitionsFor(topic).stream()
          .map(info -> new TopicPartition(topic, info.partition()))
          .forEach(partitions::add);
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread.start();
  }

  /** What readers of committed records see. */
  static TopicWatch committed(TrainerHarness harness, String... topics) {
    return new TopicWatch(harness.cluster.readerProperties(), List.of(topics));
  }

  /** Everything that is written, and when it is. */
  static TopicWatch uncommitted(TrainerHarness harness, String... topics) {
    Map<String, Object> properties = harness.cluster.readerProperties();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    return new TopicWatch(properties, List.of(topics));
  }

  private void run() {
    while (!ended) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
        synchronized (this) {
          seen.put(Place.of(record), record.key());
          newest.put(record.topic(), record.value());
          notifyAll();
        }
      }
    }
  }

  /** Number of records seen on a topic whose keys are like this. */
  synchronized long count(String topic, Predicate<String> key) {
    return seen.entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic) && key.test(entry.getValue()))
        .count();
  }

  /** The value that was seen last on a topic. */
  synchronized Optional<byte[]> newest(String topic) {
    return Optional.ofNullable(newest.get(topic));
  }

  /**
   * Waits until so many were seen.
   *
   * @return whether they were, within the time
   */
  synchronized boolean await(String topic, Predicate<String> key, long count, Duration atMost)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (count(topic, key) < count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Where everything lies that was seen. */
  synchronized Set<Place> places() {
    return Set.copyOf(seen.keySet());
  }

  @Override
  public void close() {
    ended = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    consumer.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
