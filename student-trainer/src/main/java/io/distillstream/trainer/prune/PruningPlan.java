package io.distillstream.trainer.prune;

/**
 * What is pruned, by which measure, and when.
 *
 * @param units that structured pruning takes out
 * @param scope of the pruning of single weights, and what its share is a share of
 * @param scaling of importance
 */
public record PruningPlan(
    Mode mode,
    Units units,
    Criterion criterion,
    Scope scope,
    Scaling scaling,
    PruningSchedule schedule) {

  /** What goes. */
  public enum Mode {
    NONE,
    /** Single weights, which stay 0: the model compresses better and runs as before. */
    UNSTRUCTURED,
    /** {@link Units}, which leave the model: it is smaller. */
    STRUCTURED,
    /** Both by the same schedule: units first, then single weights of what is left. */
    BOTH;

    public boolean weights() {
      return this == UNSTRUCTURED || this == BOTH;
    }

    public boolean units() {
      return this == STRUCTURED || this == BOTH;
    }
  }

  /** What structured pruning takes out. The schedule's share is a share of each kind by itself. */
  public enum Units {
    /** Attention heads and feed-forward neurons, by their parameters: the model is faster too. */
    NETWORK,
    /** Rows of the word table, most of a small student; their words share the rows of others. */
    ROWS,
    /** Both, or those of the two that the student has. */
    ALL
  }

  /** Of which weights a share is pruned. Vectors (biases, norms) are never pruned. */
  public enum Scope {
    /** All matrices, the word embedding too, which is most of a small student. */
    ALL,
    /** All matrices but the word embedding. */
    NETWORK
  }

  /** What makes importance comparable between matrices, and between heads and neurons. */
  public enum Scaling {
    /** It is compared as it is. */
    NONE,
    /** It is divided by its root mean square over what is left of its matrix, or of its kind. */
    MATRIX
  }

  /** Prunes nothing. */
  public static final PruningPlan NONE =
      new PruningPlan(
          Mode.NONE,
          Units.ALL,
          Criterion.MAGNITUDE,
          Scope.ALL,
          Scaling.NONE,
          new PruningSchedule(PruningSchedule.Shape.EQUAL, 0, 1, 0.1, 0.5));
}
