package io.distillstream.trainer.export;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.StratifiedScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.memory.MemoryState;
import io.distillstream.trainer.memory.Remembered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Scores a student on examples that it never learned. */
public final class HeldOutScorer {
  private static final int BATCH = 64;

  private HeldOutScorer() {}

  /** The score over a held-out memory; {@link StratifiedScore#NONE} where it is empty. */
  public static StratifiedScore score(StudentEngine engine, MemoryState heldOut) {
    return StratifiedScore.of(rows(engine, heldOut.examples()), heldOut::count);
  }

  /** Each example's score, shortest texts first. */
  public static List<RowScore> rows(StudentEngine engine, List<Remembered> examples) {
    // Texts of a length together, since the engine pads.
    List<Remembered> byLength =
        examples.stream()
            .sorted(Comparator.comparingInt((Remembered example) -> example.tokens().length))
            .toList();
    List<RowScore> rows = new ArrayList<>(examples.size());
    for (int from = 0; from < byLength.size(); from += BATCH) {
      List<Remembered> part = byLength.subList(from, Math.min(byLength.size(), from + BATCH));
      TrainingBatch batch =
          new TrainingBatch(
              new TokenInputs(part.stream().map(Remembered::tokens).toArray(int[][]::new)),
              part.stream().map(Remembered::target).toList(),
              part.stream().mapToInt(Remembered::truth).toArray());
      rows.addAll(BatchScore.rows(engine.logits(batch.inputs()), batch));
    }
    return rows;
  }
}
