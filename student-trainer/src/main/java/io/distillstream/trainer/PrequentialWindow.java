package io.distillstream.trainer;

import io.distillstream.trainer.engine.BatchScore;
import io.distillstream.trainer.engine.LossParts;
import io.distillstream.trainer.engine.StepResult;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Scores over about the last {@code records} records, each scored before it was learned. Whole
 * batches come and go, so the window holds at least that many once it is full. Not thread-safe.
 */
final class PrequentialWindow {
  private record Entry(BatchScore score, LossParts loss) {}

  private final int records;
  private final Deque<Entry> batches = new ArrayDeque<>();
  private int held;

  PrequentialWindow(int records) {
    this.records = records;
  }

  void add(StepResult result) {
    batches.addLast(new Entry(result.score(), result.loss()));
    held += result.score().records();
    while (held - batches.getFirst().score().records() >= records) {
      held -= batches.removeFirst().score().records();
    }
  }

  /** The sum over the window; {@link BatchScore#NONE} while it is empty. */
  BatchScore score() {
    return batches.stream().map(Entry::score).reduce(BatchScore.NONE, BatchScore::plus);
  }

  /** Mean loss per record; NaN while the window is empty. */
  LossParts meanLoss() {
    return batches.stream()
        .map(entry -> entry.loss().times(entry.score().records()))
        .reduce(LossParts.ZERO, LossParts::plus)
        .times(1.0 / held);
  }
}
