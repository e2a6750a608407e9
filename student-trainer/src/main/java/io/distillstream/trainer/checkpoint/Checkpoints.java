package io.distillstream.trainer.checkpoint;

import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.memory.Remembered;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Where checkpoints are kept. The training thread calls it; writing happens on another. */
public interface Checkpoints extends AutoCloseable {

  /**
   * What training continues from.
   *
   * @param good the newest committed checkpoint; empty for a fresh start
   * @param positions partition to the next offset: the checkpoint's, moved on by {@link #passOver}
   * @param heldOut requests that were held out before these positions
   */
  record Resume(Optional<GoodState> good, Map<Integer, Long> positions, long heldOut) {

    /** Of what nothing was passed over after. */
    public Resume(Optional<GoodState> good, Map<Integer, Long> positions) {
      this(good, positions, good.map(state -> state.lineage().apart().heldOut()).orElse(0L));
    }

    public Resume {
      positions = Map.copyOf(positions);
    }

    /** The same, where settings may have changed by which examples can be learned. */
    public Resume replaying(Predicate<Remembered> learnable) {
      return new Resume(good.map(state -> state.replaying(learnable)), positions, heldOut);
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
   * Commits events and records besides where nothing was trained since a checkpoint, so that no
   * unchanged student is published. All or nothing, as {@link #write}.
   *
   * @param reached the checkpoint's lineage, with every offset dealt with since
   * @param records dead letters, and copies of what is held out
   */
  CompletableFuture<Void> passOver(
      Lineage reached, List<ProducerRecord<String, byte[]>> records, List<TrainingEvent> events);

  /**
   * Fails if others have published for this model, so that nothing learned from here on can be
   * committed. Costs nothing.
   *
   * @throws CheckpointRestoredException if training continues from what they published
   * @throws TrainingStoppedException if another trainer did
   */
  default void requireOwnership() {}

  /** Whether there is room for another checkpoint at this moment. */
  default boolean hasRoom() {
    return true;
  }

  /** Waits for the write that is under way. */
  @Override
  void close();
}
