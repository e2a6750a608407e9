package io.distillstream.trainer.batch;

import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SoftTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Records with what the teacher said about them. The arrays are taken over, not copied; they are
 * read only.
 *
 * <p>A classifier has one row of logits per record, a sequence one per token. A row whose target
 * does not count is neither learned nor scored.
 *
 * @param targets what the teacher said, per row
 * @param truth index of the human label per row, or {@link #UNKNOWN}
 * @param embeddings the teacher's, per row; an empty one where it gave none
 * @param augmented per row, whether it is no live traffic: then it is learned and not scored
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingBatch(
    TokenInputs inputs,
    List<SoftTarget> targets,
    int[] truth,
    float[][] embeddings,
    boolean[] augmented) {

  /** Stands in {@link #truth} where no human label is known. */
  public static final int UNKNOWN = -1;

  /**
   * @throws IllegalArgumentException if the parts differ in length, targets in the number of
   *     classes, embeddings in their dimension, or a truth is no class
   */
  public TrainingBatch {
    targets = List.copyOf(targets);
    int rows = targets.size();
    if (rows == 0
        || truth.length != rows
        || embeddings.length != rows
        || augmented.length != rows) {
      throw new IllegalArgumentException(
          "expected equally many targets, truths, embeddings and marks, at least one; got %d, %d, %d, %d"
              .formatted(rows, truth.length, embeddings.length, augmented.length));
    }
    int classes = targets.get(0).classes();
    int dimension = 0;
    for (int row = 0; row < rows; row++) {
      if (targets.get(row).classes() != classes) {
        throw new IllegalArgumentException(
            "row %d has a target of %d classes, expected %d"
                .formatted(row, targets.get(row).classes(), classes));
      }
      if (truth[row] < UNKNOWN || truth[row] >= classes) {
        throw new IllegalArgumentException(
            "truth of row %d is %d of %d classes".formatted(row, truth[row], classes));
      }
      dimension = Math.max(dimension, embeddings[row].length);
    }
    for (float[] embedding : embeddings) {
      if (embedding.length != 0 && embedding.length != dimension) {
        throw new IllegalArgumentException(
            "embeddings of %d and %d values".formatted(embedding.length, dimension));
      }
    }
  }

  /** A batch of live traffic. */
  public TrainingBatch(
      TokenInputs inputs, List<SoftTarget> targets, int[] truth, float[][] embeddings) {
    this(inputs, targets, truth, embeddings, new boolean[targets.size()]);
  }

  /** A batch without embeddings. */
  public TrainingBatch(TokenInputs inputs, List<SoftTarget> targets, int[] truth) {
    this(inputs, targets, truth, new float[targets.size()][0]);
  }

  /**
   * A batch of dense targets.
   *
   * @param teacherLogits raw logits {@code [rows, classes]}, never softened
   */
  public TrainingBatch(TokenInputs inputs, float[][] teacherLogits, int[] truth) {
    this(inputs, dense(teacherLogits), truth);
  }

  private static List<SoftTarget> dense(float[][] logits) {
    List<SoftTarget> targets = new ArrayList<>(logits.length);
    for (float[] row : logits) {
      targets.add(new DenseTarget(row));
    }
    return targets;
  }

  /** Whether all of it is live traffic. */
  public boolean isLive() {
    return liveRows().length == augmented.length;
  }

  /** The rows of live traffic alone; empty without any. */
  public Optional<TrainingBatch> live() {
    int[] rows = liveRows();
    if (rows.length == 0) {
      return Optional.empty();
    }
    return Optional.of(rows.length == augmented.length ? this : select(rows));
  }

  /** Of values per row those of live traffic. */
  public float[][] live(float[][] values) {
    return Arrays.stream(liveRows()).mapToObj(row -> values[row]).toArray(float[][]::new);
  }

  /** Of what there is one of per row that of live traffic. */
  public <T> List<T> live(List<T> values) {
    return Arrays.stream(liveRows()).mapToObj(values::get).toList();
  }

  private int[] liveRows() {
    return IntStream.range(0, augmented.length).filter(row -> !augmented[row]).toArray();
  }

  /**
   * These rows of a batch of texts, in this order.
   *
   * @throws IllegalArgumentException if the batch is not one of texts with a row each
   */
  public TrainingBatch select(int... rows) {
    if (inputs.size() != rows()) {
      throw new IllegalArgumentException("rows of %s cannot stand alone".formatted(inputs));
    }
    boolean[] marks = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      marks[i] = augmented[rows[i]];
    }
    return new TrainingBatch(
        new TokenInputs(
            Arrays.stream(rows).mapToObj(row -> inputs.tokens()[row]).toArray(int[][]::new)),
        Arrays.stream(rows).mapToObj(targets::get).toList(),
        Arrays.stream(rows).map(row -> truth[row]).toArray(),
        Arrays.stream(rows).mapToObj(row -> embeddings[row]).toArray(float[][]::new),
        marks);
  }

  /** Number of records. */
  public int size() {
    return inputs.size();
  }

  /** Number of rows of logits. */
  public int rows() {
    return targets.size();
  }

  public int classes() {
    return targets.get(0).classes();
  }
}
