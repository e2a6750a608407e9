package io.distillstream.trainer.checkpoint;

import io.distillstream.trainer.engine.TrainingStoppedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Where checkpoints are kept. The training thread calls it; writing happens on another. */
public interface Checkpoints extends AutoCloseable {

  /**
   * What training continues from.
   *
   * @param good the newest committed checkpoint; empty for a fresh start
   * @param positions partition to the next offset: the checkpoint's, moved on by {@link #passOver}
   */
  record Resume(Optional<GoodState> good, Map<Integer, Long> positions) {
    public Resume {
      positions = Map.copyOf(positions);
    }
  }

  /**
   * Takes over from whoever wrote before, then reads. Called once, before anything is written.
   *
   * @throws TrainingStoppedException if the newest checkpoint cannot be read
   */
  Resume resume();

  /**
   * Exports, checks and commits a checkpoint, all or nothing. At most one at a time is under way.
   *
   * @return completes when it is visible to readers of committed records; or with an {@link
   *     UnsoundStudentException} when the student is not worth it, a {@link
   *     CheckpointRestoredException} when training continues elsewhere, or a {@link
   *     TrainingStoppedException} when it cannot go on
   */
  CompletableFuture<Void> write(PendingCheckpoint checkpoint);

  /**
   * Commits dead letters and events where nothing was trained since the checkpoint {@code version},
   * so that no unchanged student is published. All or nothing, as {@link #write}.
   *
   * @param positions partition to the offset after the last refused record
   */
  CompletableFuture<Void> passOver(
      long version,
      Map<Integer, Long> positions,
      List<ProducerRecord<String, byte[]>> letters,
      List<TrainingEvent> events);

  /**
   * Fails if others have published for this model, so that nothing learned from here on can be
   * committed. Costs nothing.
   *
   * @throws CheckpointRestoredException if training continues from what they published
   * @throws TrainingStoppedException if another trainer did
   */
  default void requireOwnership() {}

  /** Waits for the write that is under way. */
  @Override
  void close();
}
