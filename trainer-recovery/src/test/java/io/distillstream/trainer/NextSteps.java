package io.distillstream.trainer;

import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.trainer.loop.PendingBatch;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.state.StudentState;
import java.util.ArrayList;
import java.util.List;

/** What follows from a state: equal states take equal steps. */
final class NextSteps {
  private static final int BATCH = 8;
  private static final int STEPS = 100;

  private NextSteps() {}

  static List<StepResult> of(StudentState state, TrainerSettings settings) throws Exception {
    List<StepResult> results = new ArrayList<>();
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      for (int step = 0; step < STEPS; step++) {
        PendingBatch batch = new PendingBatch();
        for (int i = 0; i < BATCH; i++) {
          Example example = MadeUpExamples.example(step * BATCH + i);
          batch.add(new Arrival.Usable(0, i, example), 0);
        }
        results.add(
            engine.learn(batch.rows(), settings.plan().schedule().at(engine.recordsLearned())));
      }
    }
    return results;
  }
}
