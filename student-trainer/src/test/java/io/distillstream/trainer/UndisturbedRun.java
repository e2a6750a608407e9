package io.distillstream.trainer;

import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.loop.MemoryCheckpoints;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The same loop over examples in memory: no broker, no process, no kill, one checkpoint. */
final class UndisturbedRun {
  private UndisturbedRun() {}

  /** The checkpoints over all examples, whose number the batch size divides. */
  static MemoryCheckpoints over(List<Example> examples, TrainerSettings settings) throws Exception {
    MemoryCheckpoints checkpoints = new MemoryCheckpoints();
    StudentStart start = new StudentStart(settings.student());
    try (StudentEngine engine = DjlStudentEngine.from(start.fresh(), settings.objective());
        ExampleSource source = ExampleSource.of(examples, settings.plan().heldOut().rule())) {
      Stop stop =
          new Stop(
              examples.stream()
                  .filter(e -> !settings.plan().heldOut().rule().holdsOut(e.requestId()))
                  .count());
      TrainingLoop loop =
          new TrainingLoop(
              settings.plan(),
              engine,
              checkpoints.resume(),
              source,
              checkpoints,
              stop,
              settings.hardExamples(start.tokenizer()));
      stop.loop = loop;
      loop.run();
    }
    return checkpoints;
  }

  /** Ends the loop when all is trained. */
  private static final class Stop implements TrainingListener {
    private long left;
    private @Nullable TrainingLoop loop;

    Stop(long records) {
      left = records;
    }

    @Override
    public void trained(int records, StepResult result, StepSettings settings) {
      left -= records;
      if (left == 0) {
        Objects.requireNonNull(loop).stop();
      }
    }
  }
}
