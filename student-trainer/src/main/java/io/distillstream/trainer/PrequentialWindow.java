package io.distillstream.trainer;

import io.distillstream.trainer.engine.BatchScore;
import io.distillstream.trainer.engine.LossParts;
import io.distillstream.trainer.engine.PairedScore;
import io.distillstream.trainer.engine.StepResult;

/**
 * Scores over about the last {@code records} records, each scored before it was learned, and over
 * as many of those that the average was scored on too, which reach further back. Not thread-safe.
 */
final class PrequentialWindow {
  private record Entry(BatchScore score, LossParts loss) {}

  private final RecordWindow<Entry> newest;
  private final RecordWindow<PairedScore> pairs;

  PrequentialWindow(int records) {
    newest = new RecordWindow<>(records, entry -> entry.score().records());
    pairs = new RecordWindow<>(records, PairedScore::records);
  }

  void add(StepResult result) {
    newest.add(new Entry(result.score(), result.loss()));
  }

  void add(PairedScore pair) {
    pairs.add(pair);
  }

  /** The sum over the window; {@link BatchScore#NONE} while it is empty. */
  BatchScore score() {
    return newest.batches().map(Entry::score).reduce(BatchScore.NONE, BatchScore::plus);
  }

  /** The sum over the pairs; {@link PairedScore#NONE} while there are none. */
  PairedScore pairs() {
    return pairs.batches().reduce(PairedScore.NONE, PairedScore::plus);
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
