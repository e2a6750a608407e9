package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.STEP;

import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Mode;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.prune.PruningSchedule.Shape;
import io.distillstream.trainer.student.SmallStudents;
import java.util.ArrayList;
import java.util.List;

/** Students that are pruned while they train on {@link SmallStudents}. */
final class PruningRun {
  static final int BATCH = 8;

  private PruningRun() {}

  /** 20 % after 5 steps, then 20 % every 5 steps up to 60 %. */
  static PruningPlan plan(Mode mode, Units units, Criterion criterion) {
    return new PruningPlan(
        mode,
        units,
        criterion,
        Scope.ALL,
        Scaling.NONE,
        new PruningSchedule(Shape.EQUAL, 5 * BATCH, 5 * BATCH, 0.2, 0.6));
  }

  /** Trains until so many steps are taken. */
  static List<PruningLevel> train(StudentEngine engine, PruningPlan plan, int until)
      throws DivergedStepException {
    List<PruningLevel> levels = new ArrayList<>();
    while (engine.steps() < until) {
      engine.prune(plan).ifPresent(levels::add);
      engine.learn(SmallStudents.batch(engine.spec(), BATCH, engine.steps()), STEP);
    }
    return levels;
  }
}
