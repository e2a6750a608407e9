package io.distillstream.benchmarks.lag;

import io.distillstream.wire.ClusterConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Topics that are written to in transactions, and a consumer group for each, which commits once a
 * second and stays some offsets behind. Used by one thread.
 */
final class MeasuredTraffic implements AutoCloseable {

  static final String PREFIX = "lag-bench-";
  static final int PARTITIONS_PER_TOPIC = 10;
  private static final int TRANSACTIONS_PER_SECOND = 5;
  private static final int OFFSETS_BEHIND = 50;
  private static final byte[] VALUE = new byte[200];

  private final List<TopicPartition> partitions = new ArrayList<>();
  private final AtomicLongArray ends;
  private final Admin admin;
  private final Producer<String, byte[]> producer;
  private int next;

  MeasuredTraffic(ClusterConnection cluster, int topics)
      throws ExecutionException, InterruptedException {
    admin = Admin.create(cluster.adminProperties());
    List<NewTopic> created = new ArrayList<>();
    for (int topic = 0; topic < topics; topic++) {
      created.add(new NewTopic(PREFIX + topic, PARTITIONS_PER_TOPIC, (short) 1));
      for (int partition = 0; partition < PARTITIONS_PER_TOPIC; partition++) {
        partitions.add(new TopicPartition(PREFIX + topic, partition));
      }
    }
    admin.createTopics(created).all().get();
    ends = new AtomicLongArray(partitions.size());
    producer = new KafkaProducer<>(cluster.transactionalProducerProperties(PREFIX + "producer"));
    producer.initTransactions();
  }

  /** Writes for some time, at least one record to every partition, and commits as the groups. */
  void write(int seconds, int recordsPerSecond) throws ExecutionException, InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < seconds * TRANSACTIONS_PER_SECOND; i++) {
      producer.beginTransaction();
      for (int record = 0; record < recordsPerSecond / TRANSACTIONS_PER_SECOND; record++) {
        append(next++ % partitions.size());
      }
      producer.commitTransaction();
      if (i % TRANSACTIONS_PER_SECOND == 0) {
        commit(OFFSETS_BEHIND);
      }
      long due = start + TimeUnit.SECONDS.toNanos(i + 1L) / TRANSACTIONS_PER_SECOND;
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
    }
  }

  private void append(int index) {
    TopicPartition at = partitions.get(index);
    producer.send(
        new ProducerRecord<>(at.topic(), at.partition(), "key", VALUE),
        (written, failure) -> {
          if (failure == null) {
            ends.set(index, written.offset() + 1);
          }
        });
  }

  /** Commits as every group, this far behind what was written last; 0 for all read. */
  void commit(int behind) throws ExecutionException, InterruptedException {
    Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets = new HashMap<>();
    for (int i = 0; i < partitions.size(); i++) {
      TopicPartition partition = partitions.get(i);
      offsets
          .computeIfAbsent("group-" + partition.topic(), group -> new HashMap<>())
          .put(partition, new OffsetAndMetadata(Math.max(0, ends.get(i) - behind)));
    }
    List<AlterConsumerGroupOffsetsResult> results = new ArrayList<>();
    offsets.forEach((group, own) -> results.add(admin.alterConsumerGroupOffsets(group, own)));
    for (AlterConsumerGroupOffsetsResult result : results) {
      result.all().get();
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
