package io.distillstream.artifacts;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was published to a channel, as its topic tells. */
final class PublishedUpdates {
  private static final Logger log = LoggerFactory.getLogger(PublishedUpdates.class);

  private PublishedUpdates() {}

  /**
   * The newest update of a channel. One of a version that no checkpoint has reached is not a
   * quantizer's work: it is left out, since nothing could follow it.
   */
  static Optional<ModelUpdate> newest(QuantizerSettings settings, ServiceContext context) {
    Codec<ModelUpdate> codec = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    long reached = newestCheckpoint(settings, context);
    Deque<ModelUpdate> newest = new ArrayDeque<>(1);
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.whole(codec.topic()),
          record -> {
            if (settings.updateKey().equals(record.key())) {
              decode(codec, record)
                  .filter(update -> isOurs(update, reached, record))
                  .ifPresent(
                      update -> {
                        newest.clear();
                        newest.add(update);
                      });
            }
          });
    }
    return Optional.ofNullable(newest.peek());
  }

  private static boolean isOurs(
      ModelUpdate update, long reached, ConsumerRecord<String, byte[]> record) {
    boolean ours = reached == 0 || update.getVersion() <= reached;
    if (!ours) {
      log.warn(
          "Update at offset {} of {} is of version {}, the newest checkpoint is {}: it is left out",
          record.offset(),
          record.topic(),
          update.getVersion(),
          reached);
    }
    return ours;
  }

  /** Its version; 0 where there is none. */
  private static long newestCheckpoint(QuantizerSettings settings, ServiceContext context) {
    Codec<Checkpoint> codec = context.wire().codec(Topics.CHECKPOINTS, context.pipeline());
    AtomicLong newest = new AtomicLong();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.whole(codec.topic()),
          record ->
              decode(codec, record)
                  .filter(checkpoint -> checkpoint.getModel().equals(settings.model()))
                  .ifPresent(
                      checkpoint -> newest.accumulateAndGet(checkpoint.getVersion(), Math::max)));
    }
    return newest.get();
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
