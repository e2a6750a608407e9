package io.distillstream.trainer.engine;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.RowScore;
import java.util.List;

/**
 * What one step measured.
 *
 * @param rows how the student answered each row that counts before it learned it, in order, without
 *     those that are no live traffic
 * @param replayed the same of the rows that were replayed
 * @param loss what was minimized, and its terms, over {@code rows}
 * @param entropyGap mean over rows of the teacher's entropy at the step's temperature less the
 *     student's at temperature 1, nats; NaN where no target tells it
 * @param gradientNorm global L2 norm before clipping
 */
public record StepResult(
    List<RowScore> rows,
    List<RowScore> replayed,
    LossParts loss,
    double entropyGap,
    double gradientNorm) {
  public StepResult {
    rows = List.copyOf(rows);
    replayed = List.copyOf(replayed);
  }

  /** The sum over the rows. */
  public BatchScore score() {
    return BatchScore.of(rows);
  }
}
