package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.settings.StudentSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads back where a model's training stands.
 *
 * <p>The manifest's offsets are the truth. The group's committed offsets, which are there for views
 * of lag, count only where they say that they follow the newest manifest: then every record between
 * the two was refused, and its dead letter committed with them.
 */
final class CheckpointLog {
  private static final String AFTER = "after-checkpoint=";
  private static final String HELD_OUT = ",held-out=";

  private final CheckpointAccess access;
  private final String examplesTopic;

  CheckpointLog(CheckpointAccess access, String examplesTopic) {
    this.access = access;
    this.examplesTopic = examplesTopic;
  }

  /** What offsets committed to the group say of themselves. */
  static String note(Lineage lineage) {
    return after(lineage.version()) + lineage.apart().heldOut();
  }

  private static String after(long version) {
    return AFTER + version + HELD_OUT;
  }

  /**
   * Where the training of a model continues.
   *
   * @throws TrainingStoppedException if the newest checkpoint cannot be read, or is of another
   *     label space: starting over would train every record a second time
   */
  Checkpoints.Resume read(String model, LabelSpace labels) {
    Optional<Checkpoint> manifest = access.newest(model);
    Optional<GoodState> good = manifest.map(found -> good(found, labels));
    Lineage lineage = good.map(GoodState::lineage).orElse(Lineage.NONE);
    Map<Integer, Long> positions = new HashMap<>(lineage.offsets());
    long heldOut = lineage.apart().heldOut();
    for (Map.Entry<Integer, OffsetAndMetadata> passed : passedOver(lineage.version()).entrySet()) {
      positions.put(passed.getKey(), passed.getValue().offset());
      heldOut = Math.max(heldOut, heldOut(passed.getValue(), lineage.version()));
    }
    return new Checkpoints.Resume(good, positions, heldOut);
  }

  private GoodState good(Checkpoint manifest, LabelSpace labels) {
    if (!manifest.getLabelSpace().equals(labels.fingerprint())) {
      throw new TrainingStoppedException(
          "checkpoint %d of %s was trained for the labels %s, the settings ask for %s; %s"
              .formatted(
                  manifest.getVersion(),
                  manifest.getModel(),
                  manifest.getLabels(),
                  labels.labels(),
                  StudentSettings.ELSEWHERE));
    }
    try {
      return access.state(manifest);
    } catch (IOException e) {
      throw CheckpointAccess.unreadable(manifest, e);
    }
  }

  private Map<Integer, OffsetAndMetadata> passedOver(long version) {
    Map<Integer, OffsetAndMetadata> positions = new HashMap<>();
    try (Consumer<String, byte[]> consumer = access.clients().groupConsumer()) {
      Set<TopicPartition> partitions =
          consumer.partitionsFor(examplesTopic).stream()
              .map(info -> new TopicPartition(examplesTopic, info.partition()))
              .collect(Collectors.toSet());
      consumer
          .committed(partitions)
          .forEach(
              (partition, committed) -> {
                if (follows(committed, version)) {
                  positions.put(partition.partition(), committed);
                }
              });
    }
    return positions;
  }

  /** Kafka's map holds null for a partition without a committed offset. */
  private static boolean follows(@Nullable OffsetAndMetadata committed, long version) {
    return committed != null
        && Objects.requireNonNullElse(committed.metadata(), "").startsWith(after(version));
  }

  private static long heldOut(OffsetAndMetadata committed, long version) {
    return Long.parseLong(committed.metadata().substring(after(version).length()));
  }
}
