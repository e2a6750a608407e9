package io.distillstream.trainer.loop;

import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.checkpoint.TrainingEvent;

/**
 * Scores of the last 1,000 records or so that newest weights and average were both scored on, since
 * training went on from elsewhere or the average began anew. Not thread-safe.
 */
final class PairedWindow {
  /** Enough to tell a point of agreement where weights and average differ on a tenth of them. */
  private static final int RECORDS = 1_000;

  private final RecordWindow<PairedScore> pairs = new RecordWindow<>(RECORDS, PairedScore::records);

  void add(PairedScore score) {
    pairs.add(score);
  }

  /** The sum over the window; {@link PairedScore#NONE} while it is empty. */
  PairedScore sum() {
    return pairs.batches().reduce(PairedScore.NONE, PairedScore::plus);
  }

  /** Forgets the scores of weights that an event leaves behind. */
  void happened(TrainingEvent event) {
    switch (event.kind()) {
      case DRIFT, ROLLBACK -> clear();
      case PRUNED, STOPPED -> {
        // The average goes on with the weights.
      }
    }
  }

  void clear() {
    pairs.clear();
  }
}
