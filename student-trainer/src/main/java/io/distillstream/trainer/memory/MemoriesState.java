package io.distillstream.trainer.memory;

/**
 * Both memories of a student at one moment.
 *
 * @param replay of examples that were learned
 * @param heldOut of those that never are
 */
public record MemoriesState(MemoryState replay, MemoryState heldOut) {

  /** Of a student that has seen nothing. */
  public static final MemoriesState NONE = new MemoriesState(MemoryState.NONE, MemoryState.NONE);
}
