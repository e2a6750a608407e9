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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * the two was refused or held out, and its dead letter or copy committed with them.
 */
final class CheckpointLog {
  private static final String AFTER = "after-checkpoint=";
  private static final String HELD_OUT = "held-out=";

  /** The second part may be missing: then nothing is known of what was held out. */
  private static final Pattern NOTE =
      Pattern.compile("%s(\\d+)(?:,%s(\\d+))?".formatted(AFTER, HELD_OUT));

  private final CheckpointAccess access;
  private final String examplesTopic;

  CheckpointLog(CheckpointAccess access, String examplesTopic) {
    this.access = access;
    this.examplesTopic = examplesTopic;
  }

  /** What offsets committed to the group say of themselves. */
  static String note(Lineage lineage) {
    return AFTER + lineage.version() + "," + HELD_OUT + lineage.apart().heldOut();
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
    for (Map.Entry<Integer, Passed> passed : passedOver(lineage.version()).entrySet()) {
      positions.put(passed.getKey(), passed.getValue().offset());
      heldOut = Math.max(heldOut, passed.getValue().heldOut());
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

  /**
   * How far a partition was passed over.
   *
   * @param heldOut requests held out up to there, in all partitions
   */
  private record Passed(long offset, long heldOut) {}

  private Map<Integer, Passed> passedOver(long version) {
    Map<Integer, Passed> positions = new HashMap<>();
    try (Consumer<String, byte[]> consumer = access.clients().groupConsumer()) {
      Set<TopicPartition> partitions =
          consumer.partitionsFor(examplesTopic).stream()
              .map(info -> new TopicPartition(examplesTopic, info.partition()))
              .collect(Collectors.toSet());
      consumer
          .committed(partitions)
          .forEach(
              (partition, committed) ->
                  passed(committed, version)
                      .ifPresent(passed -> positions.put(partition.partition(), passed)));
    }
    return positions;
  }

  /** Kafka's map holds null for a partition without a committed offset. */
  private static Optional<Passed> passed(@Nullable OffsetAndMetadata committed, long version) {
    if (committed == null) {
      return Optional.empty();
    }
    Matcher note = NOTE.matcher(Objects.requireNonNullElse(committed.metadata(), ""));
    if (!note.matches() || !note.group(1).equals(Long.toString(version))) {
      return Optional.empty();
    }
    String heldOut = note.group(2);
    return Optional.of(
        new Passed(committed.offset(), heldOut == null ? 0 : Long.parseLong(heldOut)));
  }
}
