package io.distillstream.trainer.loop;

import io.distillstream.trainer.augment.HardExamples;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.memory.HeldOutPlan;
import io.distillstream.trainer.memory.ReplayPlan;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.schedule.Ramp;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.steering.DriftPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** A training loop over a script, with a checkpoint every {@link #CHECKPOINT} records. */
final class LoopBuilder {
  static final int CHECKPOINT = 20;

  static final TrainingSchedule STEADY =
      new TrainingSchedule(Ramp.constant(2), 0.6, Ramp.constant(0.1), 0, 0, 1, 8);

  private final MemoryCheckpoints checkpoints;
  private int batch = 4;
  private TrainingSchedule schedule = STEADY;
  private DriftPlan drift = DriftPlan.OFF;
  private PruningPlan pruning = PruningPlan.NONE;
  private int averageScoredEvery;
  private ReplayPlan replay = ReplayPlan.NONE;
  private HeldOutPlan heldOut = HeldOutPlan.NONE;
  private TrainingListener listener = TrainingListener.NONE;
  private HardExamples hard = HardExamples.NONE;

  LoopBuilder(MemoryCheckpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  LoopBuilder batch(int records) {
    batch = records;
    return this;
  }

  LoopBuilder schedule(TrainingSchedule other) {
    schedule = other;
    return this;
  }

  LoopBuilder drift(DriftPlan plan) {
    drift = plan;
    return this;
  }

  LoopBuilder pruning(PruningPlan plan) {
    pruning = plan;
    return this;
  }

  LoopBuilder averageScoredEvery(int batches) {
    averageScoredEvery = batches;
    return this;
  }

  LoopBuilder replay(ReplayPlan plan) {
    replay = plan;
    return this;
  }

  LoopBuilder heldOut(HeldOutPlan plan) {
    heldOut = plan;
    return this;
  }

  LoopBuilder listener(TrainingListener other) {
    listener = other;
    return this;
  }

  LoopBuilder hardExamples(HardExamples examples) {
    hard = examples;
    return this;
  }

  TrainingLoop over(StudentEngine engine, ScriptedSource source) {
    return new TrainingLoop(
        new TrainingPlan(
            batch,
            Duration.ofMillis(500),
            CHECKPOINT,
            Duration.ofSeconds(15),
            schedule,
            2,
            0.5,
            20,
            drift,
            pruning,
            averageScoredEvery,
            replay,
            heldOut),
        engine,
        checkpoints.resume(),
        source,
        checkpoints,
        listener,
        hard,
        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
        source::nanoTime);
  }

  /** Trains to the end of the source. */
  void run(StudentEngine engine, ScriptedSource source) throws InterruptedException {
    TrainingLoop loop = over(engine, source);
    source.atEnd(loop::stop);
    loop.run();
  }
}
