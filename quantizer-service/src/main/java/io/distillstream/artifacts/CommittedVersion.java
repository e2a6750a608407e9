package io.distillstream.artifacts;

import io.distillstream.avro.Checkpoint;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Topics;
import io.distillstream.wire.transaction.CheckpointNote;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The version of the newest checkpoint that the trainer of a model has committed, as the offsets of
 * its group tell. They are committed in one transaction with the checkpoint's manifest, so a
 * manifest of a higher version that was read before they were is not the trainer's.
 *
 * @param version empty where no offset tells, as where brokers forgot them after a long rest
 */
record CommittedVersion(OptionalLong version) {
  static final CommittedVersion UNKNOWN = new CommittedVersion(OptionalLong.empty());

  /** As of now. Waits for commits that are under way. */
  static CommittedVersion read(ServiceContext context, String model) {
    String topic = Topics.TRAINING_EXAMPLES.in(context.pipeline());
    // Reads committed data alone, so brokers answer when no transaction has offsets pending.
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            context
                .cluster()
                .consumerProperties(ConsumerGroups.trainer(context.pipeline(), model)))) {
      Set<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .collect(Collectors.toSet());
      return of(consumer.committed(partitions).values());
    }
  }

  /**
   * What these offsets tell.
   *
   * @param committed holds null for a partition without a committed offset
   */
  static CommittedVersion of(Collection<@Nullable OffsetAndMetadata> committed) {
    return new CommittedVersion(
        committed.stream()
            .filter(Objects::nonNull)
            .flatMap(offset -> CheckpointNote.of(offset.metadata()).stream())
            .mapToLong(CheckpointNote::after)
            .max());
  }

  /** Whether a checkpoint of this version may be the trainer's. */
  boolean covers(long checkpoint) {
    return version.isEmpty() || checkpoint <= version.getAsLong();
  }

  /**
   * @throws IllegalArgumentException if the manifest is not the trainer's
   */
  void require(Checkpoint checkpoint) {
    if (!covers(checkpoint.getVersion())) {
      throw new IllegalArgumentException(
          "version %d of %s is above %d, the newest that its trainer has committed"
              .formatted(checkpoint.getVersion(), checkpoint.getModel(), version.getAsLong()));
    }
  }
}
