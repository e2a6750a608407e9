package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The {@link Consistency} term of one batch and its gradients with respect to what the network
 * gives for the moved texts.
 *
 * @param minimized over all rows, times its weight
 * @param reported over the rows of live traffic, unweighted
 * @param gradients of the former by each output's name; half for each head where there are two,
 *     since the student answers with their mean
 */
public record ConsistencyLoss(double minimized, double reported, Map<String, float[]> gradients) {

  /**
   * What a part of a batch adds to the loss of the whole, as in {@link BatchLoss}.
   *
   * @param still of the part's texts as they are, finite
   * @param moved of the texts moved
   */
  public static ConsistencyLoss of(
      Outputs still,
      Outputs moved,
      TrainingBatch part,
      TrainingBatch whole,
      StepSettings settings,
      TrainingObjective objective) {
    List<SoftTarget> anchors =
        switch (objective.consistency().anchor()) {
          case TEACHER -> part.targets();
          case STUDENT -> answers(still.deployed(), part.targets());
        };
    float[][] answers = moved.deployed();
    double share = BatchLoss.share(part.counted(), whole.counted());
    double weight = objective.consistency().weight() * share;
    LossTerm term = term(answers, anchors, settings, objective);
    boolean apart = moved.has(TrainingHeads.DISTILLATION);
    float[] gradient = term.times(apart ? weight / 2 : weight).floats();
    return new ConsistencyLoss(
        weight * term.value(),
        whole.isLive()
            ? term.value() * share
            : term(part.live(answers), part.live(anchors), settings, objective).value()
                * BatchLoss.share(live(part), live(whole)),
        apart
            ? Map.of(StudentSpec.CLASSIFIER, gradient, TrainingHeads.DISTILLATION, gradient)
            : Map.of(StudentSpec.CLASSIFIER, gradient));
  }

  private static int live(TrainingBatch batch) {
    return batch.live().map(TrainingBatch::counted).orElse(0);
  }

  private static LossTerm term(
      float[][] answers,
      List<SoftTarget> anchors,
      StepSettings settings,
      TrainingObjective objective) {
    return answers.length == 0
        ? new LossTerm(0, new double[0])
        : LossTerm.distillation(answers, anchors, objective.divergence(), settings.temperature());
  }

  /** The student's answers as targets, for the rows that count. */
  private static List<SoftTarget> answers(float[][] logits, List<SoftTarget> targets) {
    List<SoftTarget> answers = new ArrayList<>(logits.length);
    for (int row = 0; row < logits.length; row++) {
      answers.add(targets.get(row).counts() ? new DenseTarget(logits[row]) : targets.get(row));
    }
    return answers;
  }
}
