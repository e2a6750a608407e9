package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.trainer.checkpoint.StoredCheckpoint;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed manifests. A model's versions rise along its partition, except for checkpoints
 * that were sent again, which are marked.
 */
final class ManifestReader {
  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * Another model's trainer may hold a transaction open on the topic for as long as Kafka lets it,
   * and until it ends nothing behind it is shown to readers of committed records.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final long FIRST_WINDOW = 64;

  private final Admin admin;
  private final Supplier<Consumer<String, byte[]>> consumers;
  private final Codec<Checkpoint> codec;

  /**
   * @param consumers each call opens a consumer of committed records, which this closes
   */
  ManifestReader(
      Admin admin, Supplier<Consumer<String, byte[]>> consumers, Codec<Checkpoint> codec) {
    this.admin = admin;
    this.consumers = consumers;
    this.codec = codec;
  }

  /**
   * The manifest with the highest version.
   *
   * @throws TrainingStoppedException if a manifest of this model cannot be decoded, or the end of
   *     the topic stays hidden behind an open transaction: an older manifest would train records
   *     twice
   */
  Optional<Checkpoint> newest(String model) {
    try (Consumer<String, byte[]> consumer = consumers.get()) {
      Checkpoint newest = null;
      for (PartitionInfo info : consumer.partitionsFor(codec.topic())) {
        TopicPartition partition = new TopicPartition(info.topic(), info.partition());
        Checkpoint last = lastOf(model, consumer, partition);
        if (last != null && (newest == null || last.getVersion() > newest.getVersion())) {
          newest = last;
        }
      }
      return Optional.ofNullable(newest);
    }
  }

  /**
   * Every manifest of every model, in the order of each partition.
   *
   * @throws TrainingStoppedException as {@link #newest}
   */
  List<StoredCheckpoint> all() {
    try (Consumer<String, byte[]> consumer = consumers.get()) {
      List<StoredCheckpoint> all = new ArrayList<>();
      for (PartitionInfo info : consumer.partitionsFor(codec.topic())) {
        TopicPartition partition = new TopicPartition(info.topic(), info.partition());
        consumer.assign(List.of(partition));
        long beginning = beginningOf(partition, consumer);
        all.addAll(between(consumer, partition, beginning, endOf(partition), key -> true));
      }
      return all;
    }
  }

  /** Reads backwards, to the last manifest that is no copy. */
  private @Nullable Checkpoint lastOf(
      String model, Consumer<String, byte[]> consumer, TopicPartition partition) {
    consumer.assign(List.of(partition));
    long beginning = beginningOf(partition, consumer);
    long end = endOf(partition);
    Checkpoint last = null;
    for (long window = FIRST_WINDOW; end > beginning; window *= 2) {
      long start = Math.max(beginning, end - window);
      boolean original = false;
      for (StoredCheckpoint found : between(consumer, partition, start, end, model::equals)) {
        original |= !found.manifest().getCopy();
        last = last == null || found.version() > last.getVersion() ? found.manifest() : last;
      }
      if (original) {
        return last;
      }
      end = start;
    }
    return last;
  }

  private static long beginningOf(TopicPartition partition, Consumer<String, byte[]> consumer) {
    return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /** The end of what is written, committed or not; all of ours is either, since we fenced. */
  private long endOf(TopicPartition partition) {
    return await(
            admin
                .listOffsets(
                    Map.of(partition, OffsetSpec.latest()),
                    new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                .partitionResult(partition))
        .offset();
  }

  private List<StoredCheckpoint> between(
      Consumer<String, byte[]> consumer,
      TopicPartition partition,
      long start,
      long end,
      Predicate<String> keys) {
    consumer.seek(partition, start);
    List<StoredCheckpoint> found = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < end && record.key() != null && keys.test(record.key())) {
          found.add(new StoredCheckpoint(decode(record), record.partition(), record.offset()));
        }
      }
      if (System.nanoTime() > deadline) {
        throw new TrainingStoppedException(
            "%s is hidden from offset %d on by a transaction that does not end"
                .formatted(partition, consumer.position(partition)));
      }
    }
    return found;
  }

  private Checkpoint decode(ConsumerRecord<String, byte[]> record) {
    try {
      return codec.decode(record.value());
    } catch (UndecodableRecordException e) {
      throw new TrainingStoppedException(
          "the checkpoint manifest at %s-%d offset %d cannot be read: %s"
              .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()),
          e);
    }
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new TrainingStoppedException(
          "the cluster does not say where the checkpoints end", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
