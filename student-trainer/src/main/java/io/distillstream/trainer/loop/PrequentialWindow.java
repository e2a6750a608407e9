package io.distillstream.trainer.loop;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.engine.StepResult;

/**
 * Scores over about the last {@code records} records, each scored before it was learned. Not
 * thread-safe.
 */
final class PrequentialWindow {
  private record Entry(BatchScore score, LossParts loss) {}

  private final RecordWindow<Entry> newest;

  PrequentialWindow(int records) {
    newest = new RecordWindow<>(records, entry -> entry.score().records());
  }

  void add(StepResult result) {
    newest.add(new Entry(result.score(), result.loss()));
  }

  /** The sum over the window; {@link BatchScore#NONE} while it is empty. */
  BatchScore score() {
    return newest.batches().map(Entry::score).reduce(BatchScore.NONE, BatchScore::plus);
  }

  /** Mean loss per record; NaN while the window is empty. */
  LossParts meanLoss() {
    return newest
        .batches()
        .map(entry -> entry.loss().times(entry.score().records()))
        .reduce(LossParts.ZERO, LossParts::plus)
        .times(1.0 / newest.held());
  }
}
