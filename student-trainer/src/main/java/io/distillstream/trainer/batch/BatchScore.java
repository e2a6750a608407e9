package io.distillstream.trainer.batch;

import io.distillstream.model.ArgMax;
import io.distillstream.model.Softmax;
import io.distillstream.trainer.loss.SoftTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a student did on a batch, as sums so that batches add up.
 *
 * @param records rows of logits in the batch whose target counts: one per record of a classifier
 * @param agreeing records whose most probable class is the teacher's
 * @param klSum sum over records of KL(teacher ‖ student) at temperature 1, nats; for top-k targets
 *     a lower bound of it, for sampled ones an unbiased estimate
 * @param truthKnown records with a human label
 * @param correct records among them whose most probable class is that label
 * @param toTeacher confidence beside agreement with the teacher
 * @param toTruth confidence beside correctness, where the truth is known
 * @param classes by the teacher's answer
 */
public record BatchScore(
    int records,
    int agreeing,
    double klSum,
    int truthKnown,
    int correct,
    CalibrationError toTeacher,
    CalibrationError toTruth,
    Map<Integer, ClassScore> classes) {

  /** Nothing scored yet. */
  public static final BatchScore NONE =
      new BatchScore(0, 0, 0, 0, 0, CalibrationError.NONE, CalibrationError.NONE, Map.of());

  /**
   * Of one class of the teacher's.
   *
   * @param records for which the teacher gave this class
   * @param agreeing those among them for which the student did so too
   */
  public record ClassScore(int records, int agreeing) {
    ClassScore plus(ClassScore other) {
      return new ClassScore(records + other.records, agreeing + other.agreeing);
    }

    public double agreement() {
      return (double) agreeing / records;
    }
  }

  public BatchScore {
    classes = Map.copyOf(classes);
  }

  /** Scores student logits {@code [rows, classes]} against the batch's teacher and truth. */
  public static BatchScore of(float[][] studentLogits, TrainingBatch batch) {
    return of(rows(studentLogits, batch));
  }

  /** The sum over rows. */
  public static BatchScore of(List<RowScore> rows) {
    int agreeing = 0;
    int known = 0;
    int correct = 0;
    double kl = 0;
    Map<Integer, ClassScore> classes = new TreeMap<>();
    for (RowScore row : rows) {
      agreeing += row.agrees() ? 1 : 0;
      kl += row.kl();
      known += row.truthKnown() ? 1 : 0;
      correct += row.correct() ? 1 : 0;
      classes.merge(row.teacherAnswer(), new ClassScore(1, row.agrees() ? 1 : 0), ClassScore::plus);
    }
    CalibrationError toTeacher = CalibrationError.of(rows, RowScore::agrees);
    CalibrationError toTruth =
        CalibrationError.of(rows.stream().filter(RowScore::truthKnown).toList(), RowScore::correct);
    return new BatchScore(rows.size(), agreeing, kl, known, correct, toTeacher, toTruth, classes);
  }

  /**
   * Each row of student logits {@code [rows, classes]} whose target counts, beside the batch's
   * teacher and truth.
   */
  public static List<RowScore> rows(float[][] studentLogits, TrainingBatch batch) {
    List<RowScore> rows = new ArrayList<>(batch.rows());
    for (int row = 0; row < batch.rows(); row++) {
      float[] student = studentLogits[row];
      SoftTarget target = batch.targets().get(row);
      if (target.counts()) {
        int answer = ArgMax.of(student);
        rows.add(
            new RowScore(
                answer,
                Softmax.largest(student),
                target.answer(),
                target.kl(student),
                batch.truth()[row]));
      }
    }
    return rows;
  }

  public BatchScore plus(BatchScore other) {
    Map<Integer, ClassScore> sums = new TreeMap<>(classes);
    other.classes.forEach((label, score) -> sums.merge(label, score, ClassScore::plus));
    return new BatchScore(
        records + other.records,
        agreeing + other.agreeing,
        klSum + other.klSum,
        truthKnown + other.truthKnown,
        correct + other.correct,
        toTeacher.plus(other.toTeacher),
        toTruth.plus(other.toTruth),
        sums);
  }

  /** Share of records that agree; NaN without records. */
  public double agreement() {
    return (double) agreeing / records;
  }

  /** Mean KL per record, nats; NaN without records. */
  public double meanKl() {
    return klSum / records;
  }

  /** Share of correct answers where the truth is known; NaN where it never is. */
  public double accuracy() {
    return (double) correct / truthKnown;
  }
}
