package io.distillstream.trainer.prune;

import io.distillstream.trainer.parameter.FloatTensor;
import java.util.Map;

/**
 * What pruning has to remember from step to step, as part of a checkpoint.
 *
 * @param criterion of the scores
 * @param scores one tensor, of the parameter's shape, for each matrix in the scope of pruning, by
 *     the parameter's name: {@link #PRUNED}, or how much the weight has mattered so far. So these
 *     are the masks as well. Empty where nothing is pruned.
 * @param unprunedUnits parameters in heads and neurons before any of these went; of rows of the
 *     word table the student's shape tells; 0 where none has
 */
public record PruningMemory(
    Criterion criterion, Map<String, FloatTensor> scores, long unprunedUnits) {

  /** The score of a weight that is pruned: it is 0 and stays so. */
  public static final float PRUNED = Float.NEGATIVE_INFINITY;

  /** Nothing is pruned, nothing measured. */
  public static final PruningMemory NONE = new PruningMemory(Criterion.MAGNITUDE, Map.of(), 0);

  public PruningMemory {
    scores = Map.copyOf(scores);
  }

  /**
   * The scores of one matrix.
   *
   * @throws IllegalArgumentException if it has none
   */
  public FloatTensor scores(String parameter) {
    FloatTensor tensor = scores.get(parameter);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no scores of %s among those of %s".formatted(parameter, scores.keySet()));
    }
    return tensor;
  }
}
