package io.distillstream.trainer.checkpoint.log;

import static io.distillstream.wire.transaction.CheckpointNote.AFTER;
import static io.distillstream.wire.transaction.CheckpointNote.HELD_OUT;
import static io.distillstream.wire.transaction.CheckpointNote.OWNER;

import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.wire.transaction.CheckpointNote;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a trainer's group has committed. Each offset says which checkpoint it follows; it was
 * committed with that one or after it, so nobody but a trainer of the model could say so.
 *
 * @param positions by partition of the training examples; those that say nothing are left out
 */
record CommittedOffsets(Map<Integer, Position> positions) {
  /**
   * How far a partition was read.
   *
   * @param after version of the checkpoint that was the newest then
   * @param heldOut requests held out up to there, in all partitions
   * @param owner id of the trainer that said so; empty for nobody in particular
   */
  record Position(long offset, long after, long heldOut, String owner) {}

  CommittedOffsets {
    positions = Map.copyOf(positions);
  }

  /** What committed offsets say of themselves. */
  static String note(Lineage lineage) {
    return note(lineage.version(), lineage.apart().heldOut());
  }

  private static String note(long version, long heldOut) {
    return AFTER + version + "," + HELD_OUT + heldOut;
  }

  /**
   * The same in the name of a trainer.
   *
   * @param owner its id, of letters, digits and hyphens
   */
  static String note(Lineage lineage, String owner) {
    return note(lineage.version(), lineage.apart().heldOut(), owner);
  }

  private static String note(long version, long heldOut, String owner) {
    return note(version, heldOut) + "," + OWNER + owner;
  }

  static CommittedOffsets read(KafkaClients clients, String examplesTopic) {
    try (Consumer<String, byte[]> consumer = clients.groupConsumer()) {
      return of(consumer.committed(partitions(consumer, examplesTopic)));
    }
  }

  private static Set<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .collect(Collectors.toSet());
  }

  /** What a trainer's group has committed, which is to the training examples alone. */
  static CommittedOffsets of(Map<TopicPartition, OffsetAndMetadata> committed) {
    Map<Integer, Position> positions = new HashMap<>();
    committed.forEach(
        (partition, offset) ->
            position(offset).ifPresent(position -> positions.put(partition.partition(), position)));
    return new CommittedOffsets(positions);
  }

  /** Kafka's map holds null for a partition without a committed offset. */
  private static Optional<Position> position(@Nullable OffsetAndMetadata committed) {
    if (committed == null) {
      return Optional.empty();
    }
    long offset = committed.offset();
    return CheckpointNote.of(committed.metadata())
        .map(note -> new Position(offset, note.after(), note.heldOut(), note.owner()));
  }

  /** The same positions, as another trainer says them; by partition. */
  Map<Integer, OffsetAndMetadata> inTheNameOf(String owner) {
    return positions.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                position ->
                    new OffsetAndMetadata(
                        position.getValue().offset(),
                        note(position.getValue().after(), position.getValue().heldOut(), owner))));
  }

  /** Where a trainer begins that finds nothing: all that the topic has, before any checkpoint. */
  static Map<Integer, OffsetAndMetadata> beginning(
      KafkaClients clients, String examplesTopic, String owner) {
    try (Consumer<String, byte[]> consumer = clients.reader()) {
      return consumer.beginningOffsets(partitions(consumer, examplesTopic)).entrySet().stream()
          .collect(
              Collectors.toMap(
                  begin -> begin.getKey().partition(),
                  begin -> new OffsetAndMetadata(begin.getValue(), note(Lineage.NONE, owner))));
    }
  }

  /** Whether a trainer other than this one has taken the work up, or has gone on with it. */
  boolean isOwnedByAnother(String owner) {
    long newest = checkpoint().orElse(0);
    return after(newest).values().stream()
        .anyMatch(position -> !position.owner().isEmpty() && !position.owner().equals(owner));
  }

  /**
   * Version of the newest checkpoint; empty where no offset tells, as before the first one, or
   * after a rest so long that the brokers forgot them.
   */
  OptionalLong checkpoint() {
    return positions.values().stream().mapToLong(Position::after).max();
  }

  /** The positions that were reached after a checkpoint and before any later one. */
  Map<Integer, Position> after(long version) {
    return positions.entrySet().stream()
        .filter(position -> position.getValue().after() == version)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
