package io.distillstream.trainer.memory;

import io.distillstream.trainer.examples.Example;
import java.util.List;

/** What one student remembers of its traffic, and what it is scored on. Not thread-safe. */
public final class Memories {
  private final ReplayPlan replayPlan;
  private final ExampleMemory replay;
  private final ExampleMemory heldOut;

  /**
   * Continues from a state.
   *
   * @param seed of everything that is chosen at random
   */
  public Memories(ReplayPlan replay, HeldOutPlan heldOut, long seed, MemoriesState state) {
    this.replayPlan = replay;
    this.replay =
        new ExampleMemory(replay.memory(), seed, replay.isOn() ? state.replay() : MemoryState.NONE);
    this.heldOut = new ExampleMemory(heldOut.memory(), seed, state.heldOut());
  }

  /**
   * The remembered examples that a step is mixed with.
   *
   * @param fresh number of examples that it learns for the first time
   * @param turn tells steps apart, see {@link ExampleMemory#draw}
   */
  public List<Remembered> replay(int fresh, long turn) {
    return replay.draw(replayPlan.rows(fresh), turn);
  }

  /** Remembers examples of live traffic that were learned. */
  public void learned(List<Example> examples) {
    if (replayPlan.isOn()) {
      examples.stream()
          .filter(example -> !example.augmented())
          .forEach(example -> replay.offer(Remembered.of(example)));
    }
  }

  /** Keeps examples that are not learned. */
  public void heldOut(List<Example> examples) {
    examples.forEach(example -> heldOut.offer(Remembered.of(example)));
  }

  /** Everything that is kept, as it is now. */
  public MemoriesState state() {
    return new MemoriesState(replay.state(), heldOut.state());
  }
}
