package io.distillstream.trainer.loop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.checkpoint.record.StateFile;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.schedule.Ramp;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.TransformerSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruningLoopTest {
  private static final TransformerSpec SPEC =
      TransformerSpec.uniform(
          MadeUpExamples.VOCABULARY, 4, 1, 2, 6, MadeUpExamples.CLASSES, 4, false);

  /** 20 % at record 16, then 20 % every 12 records up to 60 %. */
  private static final PruningPlan PRUNING =
      new PruningPlan(
          PruningPlan.Mode.UNSTRUCTURED,
          PruningPlan.Units.ALL,
          Criterion.TAYLOR,
          PruningPlan.Scope.ALL,
          PruningPlan.Scaling.NONE,
          new PruningSchedule(PruningSchedule.Shape.EQUAL, 16, 12, 0.2, 0.6));

  /** The same of units. */
  private static final PruningPlan UNITS =
      new PruningPlan(
          PruningPlan.Mode.STRUCTURED,
          PruningPlan.Units.ALL,
          PRUNING.criterion(),
          PRUNING.scope(),
          PRUNING.scaling(),
          PRUNING.schedule());

  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();
  private final Steps steps = new Steps();

  /** After how many records the student was pruned, and to what level. */
  private static final class Steps implements TrainingListener {
    final List<Long> records = new ArrayList<>();
    final List<Long> pruned = new ArrayList<>();
    final List<Long> levels = new ArrayList<>();
    private long learned;

    @Override
    public void resumed(Lineage lineage) {
      learned = lineage.records();
    }

    @Override
    public void trained(int count, StepResult result, StepSettings settings) {
      learned += count;
    }

    @Override
    public void level(PruningLevel level) {
      levels.add(level.pruned());
    }

    @Override
    public void happened(TrainingEvent event) {
      assertThat(event.kind()).isEqualTo(TrainingEvent.Kind.PRUNED);
      assertThat(event.records()).isEqualTo(learned);
      records.add(learned);
      pruned.add(Math.round(requireNonNull(event.details().get("parameters_pruned"))));
    }
  }

  @Test
  void shouldPruneBetweenBatchesAtTheRecordsOfTheSchedule() throws Exception {
    StudentState end = train(StudentState.fresh(RandomStart.weights(SPEC, 1), 1));

    // All matrices: 8·4 + 4·12 + 4·4 + 4·6 + 6·4 + 4·3 = 156.
    assertThat(steps.records).containsExactly(16L, 28L, 40L);
    assertThat(steps.pruned).containsExactly(31L, 62L, 93L);
    assertThat(end.progress().records()).isEqualTo(60);
  }

  @Test
  void shouldResumeInTheMiddleOfPruningFromTheFileOfACheckpoint(@TempDir Path folder)
      throws Exception {
    StudentState undisturbed = train(StudentState.fresh(RandomStart.weights(SPEC, 1), 1));
    GoodState first = checkpoints.written.get(0).good();
    assertThat(first.lineage().records()).isEqualTo(20);
    checkpoints.written.subList(1, checkpoints.written.size()).clear();
    steps.records.clear();
    steps.levels.clear();
    Path file = folder.resolve("state.safetensors");
    StateFile.write(first, file);
    GoodState read = StateFile.read(file, first.lineage());
    assertThat(read).isEqualTo(first);

    StudentState resumed = train(read.state());

    assertThat(resumed).isEqualTo(undisturbed);
    assertThat(steps.levels).containsExactly(31L, 62L, 93L);
    assertThat(steps.records).containsExactly(28L, 40L);
  }

  @Test
  void shouldResumeWhereWordsShareRowsFromTheFileOfACheckpoint(@TempDir Path folder)
      throws Exception {
    StudentState fresh = StudentState.fresh(RandomStart.weights(SPEC, 1), 1);
    StudentState undisturbed = train(fresh, UNITS);
    GoodState first = checkpoints.written.get(0).good();
    checkpoints.written.subList(1, checkpoints.written.size()).clear();
    Path file = folder.resolve("state.safetensors");
    StateFile.write(first, file);
    GoodState read = StateFile.read(file, first.lineage());

    assertThat(first.state().spec()).isNotEqualTo(SPEC).isNotEqualTo(undisturbed.spec());
    assertThat(read).isEqualTo(first);
    assertThat(train(read.state(), UNITS)).isEqualTo(undisturbed);
  }

  private StudentState train(StudentState start) throws InterruptedException {
    return train(start, PRUNING);
  }

  private StudentState train(StudentState start, PruningPlan pruning) throws InterruptedException {
    try (StudentEngine engine = DjlStudentEngine.from(start)) {
      new LoopBuilder(checkpoints)
          .schedule(
              new TrainingSchedule(Ramp.constant(2), 0.6, Ramp.constant(0.01), 0, 0.1, 1, 1e6))
          .pruning(pruning)
          .listener(steps)
          .run(engine, new ScriptedSource().examples(0, 60).withoutQuiet());
      return engine.snapshot();
    }
  }
}
