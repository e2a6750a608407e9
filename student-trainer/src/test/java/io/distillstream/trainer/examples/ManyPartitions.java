package io.distillstream.trainer.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A topic whose partitions deliver in portions and turns that a seed draws. */
final class ManyPartitions {
  private static final String TOPIC = "many";

  private final int partitions;
  private final List<ConsumerRecord<String, byte[]>> log;
  private final SplittableRandom random;
  private volatile int silent = -1;

  ManyPartitions(int partitions, List<ConsumerRecord<String, byte[]>> log, long seed) {
    this.partitions = partitions;
    this.log = log;
    this.random = new SplittableRandom(seed);
  }

  /** This partition delivers nothing, though it has more; -1 for none. */
  ManyPartitions silent(int partition) {
    silent = partition;
    return this;
  }

  /** Timestamps that rise within each partition, with equal ones among them; the last is poor. */
  static List<ConsumerRecord<String, byte[]>> log(int partitions, int records, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] ends = new long[partitions];
    List<ConsumerRecord<String, byte[]>> log = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      int partition =
          random.nextInt(10) == 0 ? partitions - 1 : random.nextInt(Math.max(1, partitions - 1));
      log.add(record(partition, ends[partition]++, 1_000 + i / 3));
    }
    return log;
  }

  private static ConsumerRecord<String, byte[]> record(int partition, long offset, long timestamp) {
    return new ConsumerRecord<>(
        TOPIC,
        partition,
        offset,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        "key",
        new byte[0],
        new RecordHeaders(),
        Optional.empty());
  }

  /** What must come out: {@code partition:offset}. */
  static List<String> byTimestamp(List<ConsumerRecord<String, byte[]>> log) {
    return log.stream()
        .sorted(
            Comparator.<ConsumerRecord<String, byte[]>>comparingLong(ConsumerRecord::timestamp)
                .thenComparingInt(ConsumerRecord::partition)
                .thenComparingLong(ConsumerRecord::offset))
        .map(record -> record.partition() + ":" + record.offset())
        .toList();
  }

  /** The positions after these were read. */
  static Map<Integer, Long> after(List<String> places) {
    Map<Integer, Long> positions = new HashMap<>();
    for (String place : places) {
      String[] parts = place.split(":", -1);
      positions.merge(Integer.valueOf(parts[0]), Long.parseLong(parts[1]) + 1, Math::max);
    }
    return positions;
  }

  KafkaExampleSource source(Duration patience) {
    return new KafkaExampleSource(
        this::consumer, TOPIC, KafkaExampleSourceTest::arrival, 64, patience);
  }

  private Consumer<String, byte[]> consumer() {
    List<TopicPartition> all =
        IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(TOPIC, p)).toList();
    Map<TopicPartition, Long> ends = all.stream().collect(Collectors.toMap(p -> p, this::end));
    Map<TopicPartition, Long> sent = new HashMap<>();
    MockConsumer<String, byte[]> consumer =
        new MockConsumer<>("earliest") {
          @Override
          public synchronized ConsumerRecords<String, byte[]> poll(Duration timeout) {
            deliver(this, sent);
            return super.poll(Duration.ZERO);
          }
        };
    consumer.updatePartitions(
        TOPIC,
        all.stream().map(p -> new PartitionInfo(TOPIC, p.partition(), null, null, null)).toList());
    consumer.updateBeginningOffsets(all.stream().collect(Collectors.toMap(p -> p, p -> 0L)));
    consumer.updateEndOffsets(ends);
    return consumer;
  }

  private long end(TopicPartition partition) {
    return log.stream().filter(record -> record.partition() == partition.partition()).count();
  }

  /** A few records of one partition, or none. */
  private void deliver(MockConsumer<String, byte[]> consumer, Map<TopicPartition, Long> sent) {
    TopicPartition chosen = new TopicPartition(TOPIC, random.nextInt(partitions));
    if (chosen.partition() == silent || consumer.paused().contains(chosen)) {
      return;
    }
    long from = sent.getOrDefault(chosen, consumer.position(chosen));
    long to = from + random.nextInt(40);
    for (ConsumerRecord<String, byte[]> record : log) {
      if (record.partition() == chosen.partition()
          && record.offset() >= from
          && record.offset() < to) {
        consumer.addRecord(record);
      }
    }
    sent.put(chosen, Math.min(to, end(chosen)));
  }
}
