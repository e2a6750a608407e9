package io.distillstream.trainer.batch;

import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SoftTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
 * @param origins per row; only live traffic is scored, and what is replayed or corrected is no
 *     record of its own
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingBatch(
    TokenInputs inputs,
    List<SoftTarget> targets,
    int[] truth,
    float[][] embeddings,
    List<Origin> origins) {

  /** Stands in {@link #truth} where no human label is known. */
  public static final int UNKNOWN = -1;

  /**
   * @throws IllegalArgumentException if the parts differ in length, targets in the number of
   *     classes, embeddings in their dimension, or a truth is no class
   */
  public TrainingBatch {
    targets = List.copyOf(targets);
    origins = List.copyOf(origins);
    int rows = targets.size();
    if (rows == 0 || truth.length != rows || embeddings.length != rows || origins.size() != rows) {
      throw new IllegalArgumentException(
          "expected equally many targets, truths, embeddings and origins, at least one; got %d, %d, %d, %d"
              .formatted(rows, truth.length, embeddings.length, origins.size()));
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
    this(inputs, targets, truth, embeddings, Collections.nCopies(targets.size(), Origin.LIVE));
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
    return liveRows().length == rows();
  }

  /** The rows of live traffic alone; empty without any. */
  public Optional<TrainingBatch> live() {
    return part(Origin.LIVE);
  }

  /** The rows of one origin alone; empty without any. */
  public Optional<TrainingBatch> part(Origin origin) {
    return selectAny(rowsOf(origin));
  }

  /** All rows that are learned for the first time; empty without any. */
  public Optional<TrainingBatch> fresh() {
    return selectAny(freshRows());
  }

  private int[] freshRows() {
    return IntStream.range(0, rows()).filter(row -> origins.get(row).isFresh()).toArray();
  }

  private Optional<TrainingBatch> selectAny(int[] rows) {
    if (rows.length == 0) {
      return Optional.empty();
    }
    return Optional.of(rows.length == rows() ? this : select(rows));
  }

  /** Number of records that are learned for the first time. */
  public int freshRecords() {
    return size() - (rows() - freshRows().length);
  }

  /** Of values per row those of live traffic. */
  public float[][] live(float[][] values) {
    return part(Origin.LIVE, values);
  }

  /** Of values per row those of one origin. */
  public float[][] part(Origin origin, float[][] values) {
    return Arrays.stream(rowsOf(origin)).mapToObj(row -> values[row]).toArray(float[][]::new);
  }

  /** Of what there is one of per row that of live traffic. */
  public <T> List<T> live(List<T> values) {
    return Arrays.stream(liveRows()).mapToObj(values::get).toList();
  }

  private int[] liveRows() {
    return rowsOf(Origin.LIVE);
  }

  private int[] rowsOf(Origin origin) {
    return IntStream.range(0, rows()).filter(row -> origins.get(row) == origin).toArray();
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
    return new TrainingBatch(
        new TokenInputs(
            Arrays.stream(rows).mapToObj(row -> inputs.tokens()[row]).toArray(int[][]::new)),
        Arrays.stream(rows).mapToObj(targets::get).toList(),
        Arrays.stream(rows).map(row -> truth[row]).toArray(),
        Arrays.stream(rows).mapToObj(row -> embeddings[row]).toArray(float[][]::new),
        Arrays.stream(rows).mapToObj(origins::get).toList());
  }

  /**
   * A range of the batch's texts with their rows: one each, or one per token.
   *
   * @param from the first text
   * @param to the one after the last
   * @throws IllegalArgumentException if the batch has neither a row per text nor one per token
   */
  public TrainingBatch texts(int from, int to) {
    int[][] tokens = Arrays.copyOfRange(inputs.tokens(), from, to);
    int first = rowsBefore(from);
    int end = rowsBefore(to);
    return new TrainingBatch(
        new TokenInputs(tokens),
        targets.subList(first, end),
        Arrays.copyOfRange(truth, first, end),
        Arrays.copyOfRange(embeddings, first, end),
        origins.subList(first, end));
  }

  private int rowsBefore(int text) {
    if (rows() == size()) {
      return text;
    }
    if (rows() != inputs.count()) {
      throw new IllegalArgumentException(
          "%d rows for %d texts of %d tokens".formatted(rows(), size(), inputs.count()));
    }
    return Arrays.stream(inputs.tokens(), 0, text).mapToInt(tokens -> tokens.length).sum();
  }

  /** Number of rows whose target counts. */
  public int counted() {
    return (int) targets.stream().filter(SoftTarget::counts).count();
  }

  /** Number of rows with an embedding. */
  public int embedded() {
    return (int) Arrays.stream(embeddings).filter(embedding -> embedding.length > 0).count();
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
