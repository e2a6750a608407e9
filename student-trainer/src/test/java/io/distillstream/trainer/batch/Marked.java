package io.distillstream.trainer.batch;

import java.util.List;
import java.util.stream.IntStream;

/** The same batch with rows of other origins. */
public final class Marked {
  private Marked() {}

  /**
   * A batch in which some rows are hard examples.
   *
   * @param augmented per row
   */
  public static TrainingBatch augmented(TrainingBatch batch, boolean... augmented) {
    return with(batch, Origin.AUGMENTED, augmented);
  }

  /**
   * A batch in which some rows are replayed.
   *
   * @param replayed per row
   */
  public static TrainingBatch replayed(TrainingBatch batch, boolean... replayed) {
    return with(batch, Origin.REPLAYED, replayed);
  }

  private static TrainingBatch with(TrainingBatch batch, Origin origin, boolean... marks) {
    List<Origin> origins =
        IntStream.range(0, marks.length).mapToObj(i -> marks[i] ? origin : Origin.LIVE).toList();
    return new TrainingBatch(
        batch.inputs(), batch.targets(), batch.truth(), batch.embeddings(), origins);
  }
}
