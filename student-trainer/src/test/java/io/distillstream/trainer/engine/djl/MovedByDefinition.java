package io.distillstream.trainer.engine.djl;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.Consistency.Anchor;
import io.distillstream.trainer.loss.Consistency.Shape;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.objective.LossByDefinition;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.function.ToDoubleFunction;

/**
 * The whole loss by its definition, in double precision: shift, from numeric gradients, and anchors
 * are those of the weights it is made with.
 */
@SuppressWarnings("ArrayRecordComponent")
record MovedByDefinition(TrainingBatch batch, double[][][] shifts, double[][] anchors) {
  static final double RADIUS = 0.3;
  static final double WEIGHT = 2;
  static final StepSettings UNCLIPPED =
      new StepSettings(3, 0.7, 1e-3, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

  static MovedByDefinition of(
      StudentWeights weights, TrainingBatch batch, Shape shape, Anchor anchor) {
    NaiveStudent student = new NaiveStudent(weights);
    double[][][] shifts = new double[batch.size()][][];
    double[][] anchors = new double[batch.size()][];
    for (int row = 0; row < batch.size(); row++) {
      int[] tokens = SmallStudents.tokens(batch)[row];
      int at = row;
      shifts[row] =
          shift(weights, tokens, shape, by -> distillation(batch, at, student.logits(tokens, by)));
      anchors[row] = anchor == Anchor.STUDENT ? student.logits(tokens) : teacher(batch, row);
    }
    return new MovedByDefinition(batch, shifts, anchors);
  }

  double loss(StudentWeights weights) {
    NaiveStudent student = new NaiveStudent(weights);
    double clean = 0;
    for (int row = 0; row < batch.size(); row++) {
      clean += distillation(batch, row, student.logits(SmallStudents.tokens(batch)[row]));
    }
    return clean / batch.size() + WEIGHT * consistency(weights);
  }

  double consistency(StudentWeights weights) {
    NaiveStudent student = new NaiveStudent(weights);
    double sum = 0;
    for (int row = 0; row < batch.size(); row++) {
      double[] moved = student.logits(SmallStudents.tokens(batch)[row], shifts[row]);
      sum += LossByDefinition.of(anchors[row], moved, 0, UNCLIPPED.temperature(), 1);
    }
    return sum / batch.size();
  }

  /**
   * δ of one text by its definition, with numeric gradients.
   *
   * @param loss of the text by the shift of its vectors
   */
  static double[][] shift(
      StudentWeights weights, int[] tokens, Shape shape, ToDoubleFunction<double[][]> loss) {
    int width = weights.spec().width();
    double[][] gradient = new double[tokens.length][width];
    double slope = 0;
    double length = 0;
    for (int token = 0; token < tokens.length; token++) {
      for (int i = 0; i < width; i++) {
        double[][] by = new double[tokens.length][width];
        by[token][i] = 1e-4;
        double up = loss.applyAsDouble(by);
        by[token][i] = -1e-4;
        gradient[token][i] = (up - loss.applyAsDouble(by)) / 2e-4;
        slope += gradient[token][i] * gradient[token][i];
        double x = weights.get(StudentSpec.EMBEDDING).values()[tokens[token] * width + i];
        length += x * x;
      }
    }
    for (double[] token : gradient) {
      for (int i = 0; i < width; i++) {
        double direction =
            shape == Shape.L2
                ? token[i] / Math.sqrt(slope)
                : Math.signum(token[i]) / Math.sqrt((double) tokens.length * width);
        token[i] = RADIUS * Math.sqrt(length) * direction;
      }
    }
    return gradient;
  }

  static double distillation(TrainingBatch batch, int row, double[] student) {
    int known = batch.truth()[row];
    int target = known == TrainingBatch.UNKNOWN ? batch.targets().get(row).answer() : known;
    return LossByDefinition.of(
        teacher(batch, row), student, target, UNCLIPPED.temperature(), UNCLIPPED.alpha());
  }

  private static double[] teacher(TrainingBatch batch, int row) {
    float[] logits = ((DenseTarget) batch.targets().get(row)).logits();
    double[] wide = new double[logits.length];
    for (int c = 0; c < wide.length; c++) {
      wide[c] = logits[c];
    }
    return wide;
  }
}
