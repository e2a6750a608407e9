package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.Restored;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.StoredCheckpoint;
import io.distillstream.trainer.checkpoint.record.CheckpointMapper;
import io.distillstream.trainer.checkpoint.record.StateFile;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes an earlier checkpoint the newest one: the same student under the next version, its parent
 * the earlier one.
 *
 * <p>It takes over the model's transactions, as a trainer that starts does. So a running trainer
 * can commit nothing more, and what is the newest version is settled before the next is written.
 */
final class CheckpointRestore {
  /** In a model's metadata; see {@link io.distillstream.model.ModelMetadata}. */
  private static final String PROVENANCE = "distillstream.provenance.";

  private final CheckpointAccess access;
  private final String model;
  private final String examplesTopic;
  private final Clock clock;

  CheckpointRestore(CheckpointAccess access, String model, String examplesTopic, Clock clock) {
    this.access = access;
    this.model = model;
    this.examplesTopic = examplesTopic;
    this.clock = clock;
  }

  /**
   * Restores.
   *
   * @param source the checkpoint to go back to
   * @param skip whether to leave out what was trained since, instead of training it again
   * @return what is the newest checkpoint now
   * @throws TrainingStoppedException if the source cannot be read, is the newest already, or the
   *     outcome is unknown
   */
  Checkpoint restore(Checkpoint source, boolean skip) throws IOException {
    // Before anybody is fenced: a trainer need not stop for a checkpoint that is damaged.
    GoodState good = access.state(source);
    try (CheckpointFiles files = CheckpointFiles.fetch(access, source);
        CheckpointTransactions transactions = new CheckpointTransactions(access.clients())) {
      CommittedOffsets committed = CommittedOffsets.read(access.clients(), examplesTopic);
      Newest newest = newest(committed);
      if (newest.version() == source.getVersion()) {
        throw new TrainingStoppedException(
            "checkpoint %d of %s is the newest already".formatted(source.getVersion(), model));
      }
      if (newest.version() < source.getVersion()) {
        throw new TrainingStoppedException(
            "checkpoint %d of %s is not its trainer's, whose newest is %d"
                .formatted(source.getVersion(), model, newest.version()));
      }
      Checkpoint restored = manifest(source, newest, skip);
      Lineage lineage = CheckpointMapper.lineage(restored);
      StateFile.write(good.at(lineage), files.state());
      named(OnnxModel.read(files.onnx()), restored).write(files.onnx());
      Checkpoint[] sent = new Checkpoint[1];
      transactions.commit(
          offsets(lineage), producer -> sent[0] = files.send(access, producer, restored));
      return sent[0];
    }
  }

  /**
   * What is the newest checkpoint until now.
   *
   * @param offsets by partition, up to which it was trained
   */
  private record Newest(long version, Map<Integer, Long> offsets) {}

  /** Its manifest may be one that cannot be read; then the offsets committed with it tell. */
  private Newest newest(CommittedOffsets committed) {
    OptionalLong version = committed.checkpoint();
    ManifestLog log = access.all();
    Optional<Checkpoint> manifest =
        log.checkpoints().stream()
            .filter(stored -> stored.model().equals(model))
            .filter(stored -> version.isEmpty() || stored.version() <= version.getAsLong())
            .map(StoredCheckpoint::manifest)
            .max(Comparator.comparingLong(Checkpoint::getVersion));
    Map<Integer, Long> offsets = new HashMap<>();
    manifest.ifPresent(found -> offsets.putAll(CheckpointMapper.lineage(found).offsets()));
    long newest = manifest.map(Checkpoint::getVersion).orElse(0L);
    if (version.isPresent() && version.getAsLong() > newest) {
      committed
          .after(version.getAsLong())
          .forEach((partition, position) -> offsets.put(partition, position.offset()));
      newest = version.getAsLong();
    } else if (version.isEmpty()
        && log.unreadable().stream().anyMatch(record -> record.model().equals(model))) {
      // It may be a version that follows.
      newest++;
    }
    return new Newest(newest, offsets);
  }

  private Checkpoint manifest(Checkpoint source, Newest newest, boolean skip) {
    EventTimes none = new EventTimeHistogram().toAvro();
    Map<Integer, Long> from = CheckpointMapper.lineage(source).offsets();
    List<OffsetRange> skipped = skip ? between(from, newest.offsets()) : List.of();
    Map<Integer, Long> next = new TreeMap<>(from);
    skipped.forEach(range -> next.put(range.getPartition(), range.getToOffset()));
    List<OffsetRange> empty = new ArrayList<>();
    next.forEach((partition, offset) -> empty.add(new OffsetRange(partition, offset, offset)));
    // All of them until the trainer's next checkpoint, which knows its settings.
    List<Long> wanted = List.of();
    return Checkpoint.newBuilder(source)
        .setVersion(newest.version() + 1)
        .setParentVersion(source.getVersion())
        .setOffsets(empty)
        .setEventTimes(none)
        .setLegTimes(null)
        .setRestored(new Restored(newest.version(), skipped))
        .setWantedVersions(wanted)
        .setCopy(false)
        .setCreatedAt(clock.instant())
        .build();
  }

  /** What lies between two positions, partition by partition. */
  private static List<OffsetRange> between(Map<Integer, Long> from, Map<Integer, Long> to) {
    List<OffsetRange> ranges = new ArrayList<>();
    new TreeMap<>(to)
        .forEach(
            (partition, end) -> {
              long start = from.getOrDefault(partition, 0L);
              if (start < end) {
                ranges.add(new OffsetRange(partition, start, end));
              }
            });
    return ranges;
  }

  private static OnnxModel named(OnnxModel onnx, Checkpoint restored) {
    Map<String, String> metadata = new LinkedHashMap<>(onnx.metadata());
    metadata.put(PROVENANCE + "checkpoint", Long.toString(restored.getVersion()));
    metadata.put(PROVENANCE + "restored-from", Long.toString(restored.getParentVersion()));
    return onnx.withMetadata(metadata);
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(Lineage lineage) {
    String note = CommittedOffsets.note(lineage);
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    lineage
        .offsets()
        .forEach(
            (partition, offset) ->
                offsets.put(
                    new TopicPartition(examplesTopic, partition),
                    new OffsetAndMetadata(offset, note)));
    return offsets;
  }
}
