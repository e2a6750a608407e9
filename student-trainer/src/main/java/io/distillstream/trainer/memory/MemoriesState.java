package io.distillstream.trainer.memory;

import java.util.function.Predicate;

/**
 * What a student keeps of its stream at one moment.
 *
 * @param replay of examples that were learned
 * @param heldOut of those that never are
 * @param labels of the examples that were learned
 */
public record MemoriesState(MemoryState replay, MemoryState heldOut, LabelMixState labels) {

  /** Of a student that has seen nothing. */
  public static final MemoriesState NONE =
      new MemoriesState(MemoryState.NONE, MemoryState.NONE, LabelMixState.NONE);

  /** The same, of whose learned examples only those are replayed that can still be learned. */
  public MemoriesState replaying(Predicate<Remembered> learnable) {
    return new MemoriesState(replay.only(learnable), heldOut, labels);
  }
}
