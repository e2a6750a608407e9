package io.distillstream.benchmarks.student;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.steering.DriftPlan;
import io.distillstream.trainer.steering.Steering;
import java.util.List;
import java.util.Map;

/**
 * A student after it saw each record once, in order, in batches of 32, under a schedule whose
 * learning rate falls over the first 20,000 records; its newest weights are scored.
 *
 * @param state at the end
 * @param heldOut its score on records it did not see
 * @param recordsPerSecond learned, the first tenth left out
 * @param temperature at the end
 */
public record OnePass(
    StudentState state, BatchScore heldOut, double recordsPerSecond, double temperature) {
  private static final int BATCH = 32;

  /** Length of the passes that are compared. */
  static final long ANNEALED_RECORDS = 20_000;

  /**
   * What a pass is made with.
   *
   * @param schedule of temperature and learning rate
   * @param objective what is minimized
   * @param heads that serve training alone
   */
  record Recipe(TrainingSchedule schedule, TrainingObjective objective, TrainingHeads heads) {
    static final Recipe STANDARD =
        new Recipe(
            TrainingSchedule.annealed(ANNEALED_RECORDS),
            TrainingObjective.STANDARD,
            TrainingHeads.NONE);
  }

  public static OnePass over(List<Example> traffic, List<Example> heldOut, StudentState start)
      throws DivergedStepException {
    return over(traffic, heldOut, start, Recipe.STANDARD);
  }

  static OnePass over(
      List<Example> traffic, List<Example> heldOut, StudentState start, Recipe recipe)
      throws DivergedStepException {
    Steering steering = new Steering(recipe.schedule(), DriftPlan.OFF, Map.of());
    try (StudentEngine engine =
        DjlStudentEngine.from(start.withHeads(recipe.heads()), recipe.objective())) {
      int warm = 0;
      long began = System.nanoTime();
      for (int from = 0; from < traffic.size(); from += BATCH) {
        if (warm == 0 && from >= traffic.size() / 10) {
          warm = from;
          began = System.nanoTime();
        }
        steering.adapt(
            engine.learn(batch(traffic, from), steering.settings(engine.recordsLearned())));
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      BatchScore score = BatchScore.NONE;
      for (int from = 0; from < heldOut.size(); from += BATCH) {
        TrainingBatch batch = batch(heldOut, from);
        score = score.plus(BatchScore.of(engine.logits(batch.inputs()), batch));
      }
      return new OnePass(
          engine.snapshot(),
          score,
          (traffic.size() - warm) / seconds,
          steering.settings(engine.recordsLearned()).temperature());
    }
  }

  private static TrainingBatch batch(List<Example> examples, int from) {
    List<Example> part = examples.subList(from, Math.min(from + BATCH, examples.size()));
    return new TrainingBatch(
        new TokenInputs(part.stream().map(Example::tokens).toArray(int[][]::new)),
        part.stream().map(Example::target).toList(),
        part.stream().mapToInt(Example::truth).toArray(),
        part.stream().map(Example::embedding).toArray(float[][]::new));
  }
}
