package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.trainer.checkpoint.record.CheckpointRecords;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.Outages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a model's training is still this trainer's. Two things tell: brokers refuse whoever's
 * producer another one replaced, and committed offsets name the trainer that goes on from them.
 * Owns its watch; used by one thread at a time, but for {@link #require} and {@link #isHeld}.
 */
final class Ownership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ownership.class);

  /** How long to wait for what a successor says; it does so as soon as it has fenced this one. */
  private static final Duration SUCCESSOR_PATIENCE = Duration.ofSeconds(10);

  private final CheckpointAccess access;
  private final CheckpointRecords records;
  private final String model;
  private final String owner;
  private final Succession succession;
  private @Nullable CheckpointTransactions transactions;
  private volatile @Nullable RuntimeException lost;

  /**
   * Watches from here on. To be made before anybody is fenced, so that it sees whoever fences this
   * trainer.
   *
   * @param owner id of this trainer
   */
  Ownership(CheckpointAccess access, CheckpointRecords records, String model, String owner) {
    this.access = access;
    this.records = records;
    this.model = model;
    this.owner = owner;
    succession =
        new Succession(
            new CheckpointWatch(access.clients().reader(), access.manifests(), model),
            () -> isOwnedByAnother(access.clients(), records.examplesTopic(), owner),
            SUCCESSOR_PATIENCE);
  }

  private static boolean isOwnedByAnother(KafkaClients clients, String topic, String owner) {
    return CommittedOffsets.read(clients, topic).isOwnedByAnother(owner);
  }

  /**
   * For a trainer that takes its own work up again.
   *
   * @param topic of the training examples
   * @throws TrainingStoppedException if another trainer has done so
   */
  static void requireNone(KafkaClients clients, String topic, String owner) {
    if (isOwnedByAnother(clients, topic, owner)) {
      throw Succession.takenOver();
    }
  }

  /**
   * Says that this trainer does the work from now on, so that whoever did before does not take it
   * back: what is committed is committed again in its name. To be called as soon as the other is
   * fenced, since reading a state may take longer than the other waits.
   *
   * @throws RuntimeException what to stop with where yet another one came
   */
  void claim(CheckpointTransactions opened) {
    transactions = opened;
    commit(CommittedOffsets.read(access.clients(), records.examplesTopic()).inTheNameOf(owner));
  }

  /** Training continues from here. Before its first checkpoint nothing was there to be claimed. */
  void resumed(Checkpoints.Resume resume) {
    succession.resumed(resume.good().map(good -> good.lineage().version()).orElse(0L));
    if (resume.good().isEmpty() && resume.positions().isEmpty()) {
      commit(CommittedOffsets.beginning(access.clients(), records.examplesTopic(), owner));
    }
  }

  private void commit(Map<Integer, OffsetAndMetadata> positions) {
    if (positions.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions.forEach(
        (partition, position) ->
            offsets.put(new TopicPartition(records.examplesTopic(), partition), position));
    try {
      requireClaimed().commit(offsets, producer -> {});
    } catch (TakenOverException e) {
      throw succession.explain(e);
    } catch (IOException e) {
      throw new UncheckedIOException("A commit of offsets alone writes no file", e);
    }
  }

  private CheckpointTransactions requireClaimed() {
    if (transactions == null) {
      throw new IllegalStateException("claim before watching");
    }
    return transactions;
  }

  /** The manifest is about to be written. */
  void handedOver(Checkpoint manifest) {
    succession.handedOver(manifest);
  }

  /** The manifest handed over last is committed. */
  void committed() {
    succession.committed();
  }

  /** As {@link Succession#explain(TakenOverException)}. */
  RuntimeException explain(TakenOverException takenOver) {
    return succession.explain(takenOver);
  }

  /** As {@link Succession#explain(TrainingStoppedException)}. */
  RuntimeException explain(TrainingStoppedException stopped) {
    return succession.explain(stopped);
  }

  /** Looks whether others publish. */
  void watch() {
    try {
      Optional<RuntimeException> claimed = succession.successor();
      if (claimed.isPresent()) {
        lost = confirmed(claimed.get());
      }
    } catch (RuntimeException e) {
      // Whatever it is, the next look may be better; thrown, it would be the last.
      log.warn("The checkpoints of {} cannot be watched: {}", model, e.toString());
    }
  }

  /**
   * A successor fences this trainer before it writes; a manifest is nobody's while this one's
   * transactions are committed.
   *
   * @return {@code claimed}, or null if this trainer still owns the model
   */
  private @Nullable RuntimeException confirmed(RuntimeException claimed) {
    try {
      ProducerRecord<String, byte[]> event =
          records.foreign(succession.version(), succession.records());
      requireClaimed().commit(Map.of(), producer -> producer.send(event));
    } catch (TakenOverException | TrainingStoppedException | IOException e) {
      log.debug("Whether another trainer of {} took over", model, e);
      // In an outage nobody knows; the next look asks again.
      return Outages.explain(e) ? null : claimed;
    }
    log.warn(
        "A manifest of {} that no trainer wrote is on {}; it is passed over",
        model,
        access.manifests().topic());
    succession.refuted();
    return null;
  }

  /** Whether nobody else was seen. */
  boolean isHeld() {
    return lost == null;
  }

  /** Throws what to stop with where others publish. */
  void require() {
    RuntimeException reason = lost;
    if (reason != null) {
      throw reason;
    }
  }

  @Override
  public void close() {
    succession.close();
  }
}
