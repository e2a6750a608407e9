package io.distillstream.trainer.memory;

import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.examples.Example;
import java.util.ArrayList;
import java.util.List;

/** What one student remembers of its traffic, and what it is scored on. Not thread-safe. */
public final class Memories {
  /** Examples after which one that is remembered should be known. */
  static final long SETTLED = 1_000;

  private final ReplayPlan replayPlan;
  private final ExampleMemory replay;
  private final ExampleMemory heldOut;
  private final LabelMix labels;

  /**
   * Continues from a state.
   *
   * @param seed of everything that is chosen at random
   */
  public Memories(ReplayPlan replay, HeldOutPlan heldOut, long seed, MemoriesState state) {
    this.replayPlan = replay;
    this.replay =
        new ExampleMemory(replay.memory(), seed, replay.isOn() ? state.replay() : MemoryState.NONE);
    this.heldOut =
        new ExampleMemory(
            heldOut.memory(), seed, heldOut.rule().isOn() ? state.heldOut() : MemoryState.NONE);
    this.labels = new LabelMix(state.labels());
  }

  /**
   * The remembered examples that a batch is learned with.
   *
   * @param fresh number of examples that it learns for the first time
   * @param learned examples before these; no two batches have the same
   * @param batchSize number of fresh examples of a full batch
   */
  public Rehearsal replay(int fresh, long learned, int batchSize) {
    return Rehearsal.of(
        replay.draw(replayPlan.rows(fresh, learned, labels.skew()), learned),
        replayPlan.rows(fresh, learned, 0),
        batchSize + replayPlan.rows(batchSize, 0, 0));
  }

  /**
   * Of what was replayed, the rows whose scores tell whether the stream has changed: those of
   * labels that traffic has now, remembered for a while. They are contradicted by a stream in which
   * labels mean something else, and by no other. Rows of labels that are away get worse because
   * others are learned in their place; rows of a label that has just appeared are not known yet.
   *
   * @param scores of these, in order
   */
  public List<RowScore> telling(List<Drawn> replayed, List<RowScore> scores) {
    List<RowScore> telling = new ArrayList<>();
    for (int i = 0; i < replayed.size(); i++) {
      RowScore score = scores.get(i);
      if (replayed.get(i).age() >= SETTLED && labels.isAround(score.teacherAnswer())) {
        telling.add(score);
      }
    }
    return telling;
  }

  /**
   * Remembers examples of live traffic that were learned, and those of which the truth came late,
   * once more and with it. The latter say nothing of what traffic is like now.
   */
  public void learned(List<Example> examples) {
    if (replayPlan.isOn()) {
      for (Example example : examples) {
        if (example.live() || example.corrected()) {
          replay.offer(Remembered.of(example));
        }
        if (example.live()) {
          labels.add(example.target().answer());
        }
      }
    }
  }

  /** Takes note that the stream has changed: what it was like before is no measure any more. */
  public void streamChanged() {
    labels.startOver();
  }

  /** Keeps examples that are not learned. */
  public void heldOut(List<Example> examples) {
    examples.forEach(example -> heldOut.offer(Remembered.of(example)));
  }

  /** Everything that is kept, as it is now. */
  public MemoriesState state() {
    return new MemoriesState(replay.state(), heldOut.state(), labels.state());
  }
}
