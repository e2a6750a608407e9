package io.distillstream.wire.trust;

import io.distillstream.avro.TrustFile;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.update.UpdateSubscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the topic of the pipeline's TUF repository, which is read from its beginning
 * and outside any group. Owns its consumer; used by one thread.
 */
public final class TrustSubscription implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TrustSubscription.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** How long reading up to the topic's end may go without progress. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TrustTopic trust;
  private final Consumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions;

  /**
   * Connects.
   *
   * @throws KafkaException if the topic cannot be read
   */
  public TrustSubscription(ClusterConnection cluster, Codec<TrustFile> codec) {
    this.trust = new TrustTopic(codec);
    this.consumer = new KafkaConsumer<>(cluster.readerProperties());
    boolean opened = false;
    try {
      partitions = UpdateSubscription.partitions(consumer, codec.topic());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      opened = true;
    } finally {
      if (!opened) {
        consumer.close();
      }
    }
  }

  /**
   * The repository as it is on the topic now; a new state comes in one transaction, so that this is
   * one state.
   *
   * @return the same at each call, brought up to date by it
   * @throws KafkaException if the topic cannot be read
   */
  public TrustTopic current() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        read(record);
        deadline = System.nanoTime() + PATIENCE.toNanos();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("%s cannot be read up to %s".formatted(trust.name(), ends));
      }
    }
    return trust;
  }

  @Override
  public void close() {
    consumer.close();
  }

  private void read(ConsumerRecord<String, byte[]> record) {
    try {
      trust.read(record.key(), record.value());
    } catch (UndecodableRecordException e) {
      log.warn(
          "File at {}-{} offset {} skipped: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }
}
