package io.distillstream.quantizer;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connected life of the service. Everything it knows comes from what is committed, so after any
 * failure a new session simply goes on. Owns its clients.
 */
final class QuantizerSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QuantizerSession.class);
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final QuantizerSettings settings;
  private final QuantizerMetrics metrics;
  private final CheckpointWorkshop workshop;
  private final RejectedCandidates rejected;
  private final UpdatePublisher publisher;
  private final CheckpointQueue queue;

  QuantizerSession(
      QuantizerSettings settings, ServiceContext context, QuantizerMetrics metrics, Clock clock) {
    this.settings = settings;
    this.metrics = metrics;
    this.workshop = new CheckpointWorkshop(settings, context);
    this.rejected = new RejectedCandidates(context, settings);
    // First, so that a transaction left open by a crash hides nothing from what is read next.
    this.publisher = new UpdatePublisher(settings, context, clock);
    try {
      Optional<ModelUpdate> available = newestUpdate(settings, context);
      available.ifPresent(metrics::available);
      this.queue =
          new CheckpointQueue(context, settings, available.map(ModelUpdate::getVersion).orElse(0L));
    } catch (RuntimeException e) {
      publisher.close();
      throw e;
    }
  }

  /** Waits a moment for checkpoints and settles what came. */
  void step() {
    Optional<CheckpointQueue.Batch> batch = queue.next(PATIENCE);
    if (batch.isEmpty()) {
      return;
    }
    metrics.read(batch.get());
    Optional<Candidate> candidate = batch.get().newest().flatMap(this::make);
    if (candidate.isPresent() && candidate.get().choice().passed()) {
      publish(candidate.get(), batch.get());
    } else {
      candidate.ifPresent(this::reject);
      publisher.moveOn(settlement(batch.get(), queue.offsetsWhenNot()));
    }
  }

  /** Ends the wait of {@link #step}; may be called from any thread. */
  void wakeUp() {
    queue.wakeUp();
  }

  @Override
  public void close() {
    try {
      queue.close();
    } finally {
      publisher.close();
    }
  }

  private Optional<Candidate> make(Checkpoint checkpoint) {
    try {
      return Optional.of(workshop.make(checkpoint));
    } catch (UnusableCheckpointException e) {
      log.error(
          "Checkpoint {} of {} is unusable: {}",
          checkpoint.getVersion(),
          checkpoint.getModel(),
          e.getMessage());
      metrics.unusable(checkpoint.getVersion(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void publish(Candidate candidate, CheckpointQueue.Batch batch) {
    ModelUpdate update =
        publisher.publish(
            candidate, queue.owedTimes(), settlement(batch, queue.offsetsWhenPublished()));
    queue.published(update.getVersion());
    rejected.forget();
    metrics.published(update);
    log.info(
        "Published {}/{} version {}: {}, {} of {} bytes, {}",
        update.getModel(),
        update.getChannel(),
        update.getVersion(),
        update.getPrecision(),
        update.getArtifact().getSizeBytes(),
        update.getFp32Bytes(),
        candidate.choice().best().measured());
  }

  private void reject(Candidate candidate) {
    long version = candidate.checkpoint().getVersion();
    try {
      rejected.offer(candidate);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep the rejected candidate " + version, e);
    }
    metrics.rejected(candidate);
    log.warn(
        "Candidate {} is not published on {}: {}",
        version,
        settings.channel(),
        candidate.choice().reason());
  }

  private UpdatePublisher.Settlement settlement(
      CheckpointQueue.Batch batch, Map<TopicPartition, OffsetAndMetadata> offsets) {
    return new UpdatePublisher.Settlement(batch.deadLetters(), offsets, queue.group());
  }

  private static Optional<ModelUpdate> newestUpdate(
      QuantizerSettings settings, ServiceContext context) {
    Codec<ModelUpdate> codec = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    Deque<ModelUpdate> newest = new ArrayDeque<>(1);
    LogReader.readEnd(
        context.cluster(),
        codec.topic(),
        Long.MAX_VALUE,
        record -> {
          if (settings.updateKey().equals(record.key())) {
            decode(codec, record)
                .ifPresent(
                    update -> {
                      newest.clear();
                      newest.add(update);
                    });
          }
        });
    return Optional.ofNullable(newest.peek());
  }

  private static Optional<ModelUpdate> decode(
      Codec<ModelUpdate> codec, ConsumerRecord<String, byte[]> record) {
    try {
      return Optional.of(codec.decode(record.value()));
    } catch (UndecodableRecordException e) {
      log.warn("Update at offset {} of {} cannot be read", record.offset(), record.topic(), e);
      return Optional.empty();
    }
  }
}
