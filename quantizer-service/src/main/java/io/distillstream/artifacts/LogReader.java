package io.distillstream.quantizer;

import io.distillstream.wire.ClusterConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads committed stretches of a topic once, outside any group. */
final class LogReader {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private LogReader() {}

  /** The last {@code limit} offsets of each partition, in the order of each. */
  static void readEnd(
      ClusterConnection cluster,
      String topic,
      long limit,
      Consumer<ConsumerRecord<String, byte[]>> each) {
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
      ends.forEach(
          (partition, end) -> {
            long beginning = Objects.requireNonNull(beginnings.get(partition));
            consumer.seek(partition, Math.max(end - limit, beginning));
          });
      read(consumer, ends, each);
    }
  }

  /** The records of one partition from an offset (inclusive) to another (exclusive). */
  static void readRange(
      ClusterConnection cluster,
      TopicPartition partition,
      long from,
      long to,
      Consumer<ConsumerRecord<String, byte[]>> each) {
    if (from >= to) {
      return;
    }
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, from);
      read(consumer, Map.of(partition, to), each);
    }
  }

  private static void read(
      KafkaConsumer<String, byte[]> consumer,
      Map<TopicPartition, Long> ends,
      Consumer<ConsumerRecord<String, byte[]>> each) {
    Map<TopicPartition, Long> remaining = new HashMap<>(ends);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      // Positions and not records tell the end: the last offsets may be control records.
      remaining.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (remaining.isEmpty()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "%s cannot be read up to %s".formatted(remaining.keySet(), ends));
      }
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
        if (end != null && record.offset() < end) {
          each.accept(record);
        }
      }
    }
  }
}
