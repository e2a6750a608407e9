package io.distillstream.trainer.checkpoint;

import io.distillstream.trainer.memory.MemoriesState;
import io.distillstream.trainer.memory.Remembered;
import io.distillstream.trainer.state.StudentState;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A student together with the account of what it was trained on: what a checkpoint holds, and what
 * training goes back to after a divergence.
 *
 * @param steering state of {@link io.distillstream.trainer.steering.Steering}
 * @param memories what it remembers and what it is scored on
 */
public record GoodState(
    StudentState state, Lineage lineage, Map<String, String> steering, MemoriesState memories) {

  /**
   * @throws IllegalArgumentException if the student and the account disagree on the records
   */
  public GoodState {
    if (state.progress().records() != lineage.records()) {
      throw new IllegalArgumentException(
          "the student learned %d records, its lineage says %d"
              .formatted(state.progress().records(), lineage.records()));
    }
    steering = Map.copyOf(steering);
  }

  /** Without anything remembered. */
  public GoodState(StudentState state, Lineage lineage, Map<String, String> steering) {
    this(state, lineage, steering, MemoriesState.NONE);
  }

  /** The same student, which replays only what it can still learn from. */
  public GoodState replaying(Predicate<Remembered> learnable) {
    return new GoodState(state, lineage, steering, memories.replaying(learnable));
  }

  /** The same student with another account of the offsets dealt with. */
  public GoodState at(Lineage moved) {
    return new GoodState(state, moved, steering, memories);
  }
}
