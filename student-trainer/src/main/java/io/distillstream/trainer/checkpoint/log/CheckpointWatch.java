package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees what others publish for a model from a moment on: whoever does has fenced this trainer,
 * which would otherwise learn it no sooner than with its own next checkpoint. Owns its consumer;
 * used by one thread at a time.
 */
final class CheckpointWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CheckpointWatch.class);

  private final Consumer<String, byte[]> consumer;
  private final Codec<Checkpoint> codec;
  private final String model;
  private @Nullable Checkpoint newest;

  /**
   * Watches from now on.
   *
   * @param consumer of committed records, which this closes
   */
  CheckpointWatch(Consumer<String, byte[]> consumer, Codec<Checkpoint> codec, String model) {
    this.consumer = consumer;
    this.codec = codec;
    this.model = model;
    List<TopicPartition> partitions =
        consumer.partitionsFor(codec.topic()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Otherwise the end would be looked up with the first poll, too late.
    partitions.forEach(consumer::position);
  }

  /**
   * The newest manifest seen so far with a version beyond {@code known}, or null.
   *
   * @param patience how long to wait for records
   */
  @Nullable Checkpoint beyond(long known, Duration patience) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(patience)) {
      if (model.equals(record.key())) {
        saw(record);
      }
    }
    return newest != null && newest.getVersion() > known ? newest : null;
  }

  /** What was seen so far was not written by a trainer of this model. */
  void forget() {
    newest = null;
  }

  private void saw(ConsumerRecord<String, byte[]> record) {
    try {
      Checkpoint manifest = codec.decode(record.value());
      if (newest == null || manifest.getVersion() > newest.getVersion()) {
        newest = manifest;
      }
    } catch (UndecodableRecordException e) {
      log.warn(
          "The manifest at offset {} of {} is passed over: {}",
          record.offset(),
          record.topic(),
          e.getMessage());
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
