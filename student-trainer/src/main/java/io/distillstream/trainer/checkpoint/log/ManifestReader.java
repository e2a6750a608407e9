package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.trainer.checkpoint.StoredCheckpoint;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.StalledScanException;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
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
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed manifests. A model's versions rise along its partition, except for checkpoints
 * that were sent again, which are marked.
 */
final class ManifestReader {
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
    try (TopicScan scan = scan()) {
      Checkpoint newest = null;
      for (Stretch stretch : written(scan)) {
        Checkpoint last = lastOf(model, scan, stretch);
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
    try (TopicScan scan = scan()) {
      List<StoredCheckpoint> all = new ArrayList<>();
      for (Stretch stretch : written(scan)) {
        all.addAll(read(scan, stretch, key -> true));
      }
      return all;
    }
  }

  private TopicScan scan() {
    return new TopicScan(consumers.get(), PATIENCE);
  }

  /** Up to the end of what is written, committed or not; all of ours is either, since we fenced. */
  private List<Stretch> written(TopicScan scan) {
    return scan.whole(codec.topic()).stream()
        .map(
            committed ->
                new Stretch(committed.partition(), committed.from(), endOf(committed.partition())))
        .toList();
  }

  /** Reads backwards, to the last manifest that is no copy. */
  private @Nullable Checkpoint lastOf(String model, TopicScan scan, Stretch whole) {
    long end = whole.to();
    Checkpoint last = null;
    for (long window = FIRST_WINDOW; end > whole.from(); window *= 2) {
      long start = Math.max(whole.from(), end - window);
      boolean original = false;
      for (StoredCheckpoint found :
          read(scan, new Stretch(whole.partition(), start, end), model::equals)) {
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

  private long endOf(TopicPartition partition) {
    return await(
            admin
                .listOffsets(
                    Map.of(partition, OffsetSpec.latest()),
                    new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                .partitionResult(partition))
        .offset();
  }

  private List<StoredCheckpoint> read(TopicScan scan, Stretch stretch, Predicate<String> keys) {
    List<StoredCheckpoint> found = new ArrayList<>();
    try {
      scan.read(
          List.of(stretch),
          record -> {
            if (record.key() != null && keys.test(record.key())) {
              found.add(new StoredCheckpoint(decode(record), record.partition(), record.offset()));
            }
          });
    } catch (StalledScanException e) {
      throw new TrainingStoppedException(
          "%s is hidden from offset %d on by a transaction that does not end"
              .formatted(stretch.partition(), e.position()),
          e);
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
