package io.distillstream.artifacts;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest update of a channel, as its topic tells. One of a version that no checkpoint has
 * reached is not a quantizer's work: it is left out, since nothing could follow it.
 */
final class PublishedUpdates {
  private static final Logger log = LoggerFactory.getLogger(PublishedUpdates.class);

  private final long reached;
  private @Nullable ModelUpdate newest;

  /**
   * @param reached version of the newest checkpoint; 0 where there is none
   */
  PublishedUpdates(long reached) {
    this.reached = reached;
  }

  /** The newest update of a channel. */
  static Optional<ModelUpdate> newest(QuantizerSettings settings, ServiceContext context) {
    Codec<ModelUpdate> codec = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    PublishedUpdates published = new PublishedUpdates(newestCheckpoint(settings, context));
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.whole(codec.topic()),
          record -> {
            if (settings.updateKey().equals(record.key())) {
              decode(codec, record).ifPresent(update -> published.add(update, record.offset()));
            }
          });
    }
    return published.newest();
  }

  /** Takes note of an update; a later one replaces it. */
  void add(ModelUpdate update, long offset) {
    if (update.getVersion() > reached) {
      log.warn(
          "Update of {}/{} at offset {} is of version {}, the newest checkpoint is {}: it is left"
              + " out",
          update.getModel(),
          update.getChannel(),
          offset,
          update.getVersion(),
          reached);
      return;
    }
    newest = update;
  }

  /** The last one that a quantizer may have published. */
  Optional<ModelUpdate> newest() {
    return Optional.ofNullable(newest);
  }

  /** Its version; 0 where there is none. */
  private static long newestCheckpoint(QuantizerSettings settings, ServiceContext context) {
    Codec<Checkpoint> codec = context.wire().codec(Topics.CHECKPOINTS, context.pipeline());
    List<Long> versions = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.whole(codec.topic()),
          record ->
              decode(codec, record)
                  .filter(checkpoint -> checkpoint.getModel().equals(settings.model()))
                  .ifPresent(checkpoint -> versions.add(checkpoint.getVersion())));
    }
    // After them: what the trainer commits meanwhile must not make its own manifests look forged.
    return newestCheckpoint(versions, CommittedVersion.read(context, settings.model()));
  }

  /** Of these versions the highest that may be the trainer's; 0 where there is none. */
  static long newestCheckpoint(List<Long> versions, CommittedVersion trained) {
    return versions.stream().mapToLong(Long::longValue).filter(trained::covers).max().orElse(0);
  }

  private static <T extends SpecificRecord> Optional<T> decode(
      Codec<T> codec, ConsumerRecord<String, byte[]> record) {
    try {
      return Optional.of(codec.decode(record.value()));
    } catch (UndecodableRecordException e) {
      log.warn(
          "Offset {} of {} cannot be read: {}", record.offset(), record.topic(), e.getMessage());
      return Optional.empty();
    }
  }
}
