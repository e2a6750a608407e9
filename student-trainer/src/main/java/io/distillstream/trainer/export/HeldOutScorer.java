package io.distillstream.trainer.export;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.memory.Remembered;
import java.util.Comparator;
import java.util.List;

/** Scores a student on examples that it never learned. */
public final class HeldOutScorer {
  private static final int BATCH = 64;

  private HeldOutScorer() {}

  /** The score over all examples; {@link BatchScore#NONE} without any. */
  public static BatchScore score(StudentEngine engine, List<Remembered> examples) {
    // Texts of a length together, since the engine pads.
    List<Remembered> byLength =
        examples.stream()
            .sorted(Comparator.comparingInt((Remembered example) -> example.tokens().length))
            .toList();
    BatchScore sum = BatchScore.NONE;
    for (int from = 0; from < byLength.size(); from += BATCH) {
      List<Remembered> part = byLength.subList(from, Math.min(byLength.size(), from + BATCH));
      TrainingBatch batch =
          new TrainingBatch(
              new TokenInputs(part.stream().map(Remembered::tokens).toArray(int[][]::new)),
              part.stream().map(Remembered::target).toList(),
              part.stream().mapToInt(Remembered::truth).toArray());
      sum = sum.plus(BatchScore.of(engine.logits(batch.inputs()), batch));
    }
    return sum;
  }
}
