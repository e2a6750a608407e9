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
import java.util.OptionalLong;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed manifests. A model's versions rise along its partition, except for checkpoints
 * that were sent again, which are marked.
 */
final class ManifestReader {
  private static final Logger log = LoggerFactory.getLogger(ManifestReader.class);

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
   * The newest manifest of a model: the one that the trainer's offsets name, or where they name
   * none the one with the highest version. What stands before it and is none is passed over.
   *
   * @param committed version of the newest checkpoint, as the offsets that were committed with it
   *     say, 0 for none yet; a manifest beyond it is not the trainer's
   * @throws TrainingStoppedException if the manifest that the offsets name is not there, if they
   *     name none and what stands behind the newest cannot be read, or if the end of the topic
   *     stays hidden behind an open transaction: an older manifest would train records twice
   */
  Optional<Checkpoint> newest(String model, OptionalLong committed) {
    try (TopicScan scan = scan()) {
      Search search = new Search(model, committed);
      for (Stretch stretch : written(scan)) {
        search.backwards(scan, stretch);
      }
      return search.result();
    }
  }

  /**
   * Every manifest of every model.
   *
   * @throws TrainingStoppedException if the end of the topic stays hidden behind an open
   *     transaction
   */
  ManifestLog all() {
    try (TopicScan scan = scan()) {
      ManifestLog all = new ManifestLog(new ArrayList<>(), new ArrayList<>());
      for (Stretch stretch : written(scan)) {
        read(scan, stretch, key -> true, all);
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

  /** For the newest manifest of one model. */
  private final class Search {
    private final String model;
    private final OptionalLong committed;
    private final List<UnreadableManifest> unreadable = new ArrayList<>();
    private @Nullable Checkpoint newest;

    Search(String model, OptionalLong committed) {
      this.model = model;
      this.committed = committed;
    }

    /** To the last manifest that is no copy, or to the one that the offsets name. */
    void backwards(TopicScan scan, Stretch whole) {
      long end = whole.to();
      boolean found = false;
      for (long size = FIRST_WINDOW; end > whole.from() && !found; size *= 2) {
        long start = Math.max(whole.from(), end - size);
        ManifestLog window = new ManifestLog(new ArrayList<>(), new ArrayList<>());
        read(scan, new Stretch(whole.partition(), start, end), model::equals, window);
        long original = -1;
        for (StoredCheckpoint stored : window.checkpoints()) {
          if (take(stored)) {
            found = true;
            original = stored.offset();
          }
        }
        long behind = original;
        window.unreadable().stream()
            .filter(manifest -> manifest.offset() > behind)
            .forEach(unreadable::add);
        end = start;
      }
    }

    private boolean take(StoredCheckpoint stored) {
      Checkpoint manifest = stored.manifest();
      if (committed.isPresent() && manifest.getVersion() > committed.getAsLong()) {
        log.warn(
            "A manifest at partition {}, offset {} of {} says it is version {} of {}, whose newest"
                + " is {}; it is passed over",
            stored.partition(),
            stored.offset(),
            codec.topic(),
            manifest.getVersion(),
            model,
            committed.getAsLong());
        return false;
      }
      if (newest == null || manifest.getVersion() > newest.getVersion()) {
        newest = manifest;
      }
      return !manifest.getCopy()
          && (committed.isEmpty() || manifest.getVersion() == committed.getAsLong());
    }

    Optional<Checkpoint> result() {
      if (committed.isEmpty()) {
        if (newest != null && !unreadable.isEmpty()) {
          throw unsure(
              "whether checkpoint %d of %s is the newest cannot be told"
                  .formatted(newest.getVersion(), model));
        }
      } else if ((newest == null ? 0 : newest.getVersion()) < committed.getAsLong()) {
        throw unsure(
            "checkpoint %d of %s is the newest and cannot be found"
                .formatted(committed.getAsLong(), model));
      }
      return Optional.ofNullable(newest);
    }

    private TrainingStoppedException unsure(String what) {
      String why =
          unreadable.stream()
              .findFirst()
              .map(
                  first ->
                      ": the manifest at %s-%d, offset %d, cannot be read (%s)"
                          .formatted(
                              codec.topic(), first.partition(), first.offset(), first.reason()))
              .orElse("");
      return new TrainingStoppedException(
          what + why + "; `checkpoints restore VERSION` goes on from one that can be read");
    }
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

  private void read(TopicScan scan, Stretch stretch, Predicate<String> keys, ManifestLog found) {
    try {
      scan.read(
          List.of(stretch),
          record -> {
            if (record.key() != null && keys.test(record.key())) {
              decode(record, found);
            }
          });
    } catch (StalledScanException e) {
      throw new TrainingStoppedException(
          "%s is hidden from offset %d on by a transaction that does not end"
              .formatted(stretch.partition(), e.position()),
          e);
    }
  }

  private void decode(ConsumerRecord<String, byte[]> record, ManifestLog found) {
    try {
      Checkpoint manifest = codec.decode(record.value());
      if (manifest.getModel().equals(record.key())) {
        found
            .checkpoints()
            .add(new StoredCheckpoint(manifest, record.partition(), record.offset()));
      } else {
        passOver(record, "its model is " + manifest.getModel(), found);
      }
    } catch (UndecodableRecordException e) {
      passOver(record, String.valueOf(e.getMessage()), found);
    }
  }

  private static void passOver(
      ConsumerRecord<String, byte[]> record, String reason, ManifestLog found) {
    log.warn(
        "The manifest of {} at {}-{} offset {} is passed over: {}",
        record.key(),
        record.topic(),
        record.partition(),
        record.offset(),
        reason);
    found
        .unreadable()
        .add(new UnreadableManifest(record.key(), record.partition(), record.offset(), reason));
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
