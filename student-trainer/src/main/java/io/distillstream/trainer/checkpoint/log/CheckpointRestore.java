package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.Restored;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.record.CheckpointMapper;
import io.distillstream.trainer.checkpoint.record.StateFile;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      Checkpoint newest =
          access.newest(model).orElseThrow(() -> new IllegalStateException("no checkpoints"));
      if (newest.getVersion() == source.getVersion()) {
        throw new TrainingStoppedException(
            "checkpoint %d of %s is the newest already".formatted(source.getVersion(), model));
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

  private Checkpoint manifest(Checkpoint source, Checkpoint newest, boolean skip) {
    EventTimes none = new EventTimeHistogram().toAvro();
    Map<Integer, Long> from = CheckpointMapper.lineage(source).offsets();
    Map<Integer, Long> to = CheckpointMapper.lineage(newest).offsets();
    List<OffsetRange> skipped = skip ? between(from, to) : List.of();
    Map<Integer, Long> next = new TreeMap<>(from);
    skipped.forEach(range -> next.put(range.getPartition(), range.getToOffset()));
    List<OffsetRange> empty = new ArrayList<>();
    next.forEach((partition, offset) -> empty.add(new OffsetRange(partition, offset, offset)));
    // All of them until the trainer's next checkpoint, which knows its settings.
    List<Long> wanted = List.of();
    return Checkpoint.newBuilder(source)
        .setVersion(newest.getVersion() + 1)
        .setParentVersion(source.getVersion())
        .setOffsets(empty)
        .setEventTimes(none)
        .setRestored(new Restored(newest.getVersion(), skipped))
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
    String note = CheckpointLog.note(lineage);
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
