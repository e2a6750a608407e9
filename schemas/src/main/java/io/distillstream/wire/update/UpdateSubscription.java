package io.distillstream.wire.update;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.update.UpdateManifest;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.trace.TraceHeaders;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the topic of updates, which is read from its beginning and outside any group:
 * it is compacted to the newest of each key. Owns its consumer; used by one thread.
 */
public final class UpdateSubscription implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(UpdateSubscription.class);

  /** How long the history may go without progress. */
  private static final Duration HISTORY_PATIENCE = Duration.ofSeconds(60);

  /** Is told of updates as they are read. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Is told of one.
     *
     * @param update the record that the manifest was read from
     * @param trace that it came with; invalid where nothing is traced
     */
    void seen(ModelUpdate update, UpdateManifest manifest, SpanContext trace);
  }

  private final Predicate<String> keys;
  private final Codec<ModelUpdate> codec;
  private final Observer observer;
  private final Consumer<String, byte[]> consumer;
  private final Map<TopicPartition, Long> history;
  private boolean caughtUp;

  /**
   * Connects.
   *
   * @param keys which updates are wanted, by their model, '/' and channel
   * @throws KafkaException if the topic cannot be read
   */
  public UpdateSubscription(
      ClusterConnection cluster, Codec<ModelUpdate> codec, Predicate<String> keys) {
    this(cluster, codec, keys, (update, manifest, trace) -> {});
  }

  /**
   * Connects.
   *
   * @param keys which updates are wanted, by their model, '/' and channel
   * @param observer is told of each of them
   * @throws KafkaException if the topic cannot be read
   */
  public UpdateSubscription(
      ClusterConnection cluster,
      Codec<ModelUpdate> codec,
      Predicate<String> keys,
      Observer observer) {
    this.keys = keys;
    this.codec = codec;
    this.observer = observer;
    this.consumer = new KafkaConsumer<>(cluster.readerProperties());
    boolean opened = false;
    try {
      List<TopicPartition> partitions = partitions(consumer, codec.topic());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      history = consumer.endOffsets(partitions);
      opened = true;
    } finally {
      if (!opened) {
        consumer.close();
      }
    }
  }

  /**
   * What is new, in the order of the topic; at first all that was published before.
   *
   * @param patience how long to wait where there is nothing
   * @throws KafkaException if the topic cannot be read
   */
  public List<UpdateManifest> poll(Duration patience) {
    List<UpdateManifest> found = new ArrayList<>();
    long deadline = System.nanoTime() + HISTORY_PATIENCE.toNanos();
    do {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(patience)) {
        read(record, found);
        deadline = System.nanoTime() + HISTORY_PATIENCE.toNanos();
      }
      caughtUp = caughtUp || hasReadHistory();
      if (!caughtUp && System.nanoTime() - deadline > 0) {
        throw new TimeoutException("%s cannot be read up to %s".formatted(codec.topic(), history));
      }
    } while (!caughtUp);
    return found;
  }

  @Override
  public void close() {
    consumer.close();
  }

  /**
   * All partitions of a topic.
   *
   * @throws KafkaException if it does not exist
   */
  public static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("Topic " + topic + " does not exist");
    }
    return partitions;
  }

  private boolean hasReadHistory() {
    return history.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private void read(ConsumerRecord<String, byte[]> record, List<UpdateManifest> found) {
    if (record.key() == null || !keys.test(record.key())) {
      return;
    }
    try {
      ModelUpdate update = codec.decode(record.value());
      UpdateManifest manifest = ManifestMapper.manifest(update);
      observer.seen(update, manifest, TraceHeaders.read(record.headers()));
      found.add(manifest);
    } catch (UndecodableRecordException | IllegalArgumentException e) {
      // Not sent to the dead letters: thousands of readers would each send the same record.
      log.warn(
          "Manifest at {}-{} offset {} skipped: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }
}
