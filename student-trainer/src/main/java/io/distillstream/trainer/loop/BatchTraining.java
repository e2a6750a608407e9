package io.distillstream.trainer.loop;

import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.augment.HardExamples;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.memory.Drawn;
import io.distillstream.trainer.memory.Rehearsal;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.steering.Drift;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains a batch, and gives account of it to the span and the listener. Belongs to the training
 * thread; borrows everything.
 */
final class BatchTraining {
  private final TrainingPlan plan;
  private final StudentEngine engine;
  private final DivergenceGuard guard;
  private final HardExamples hardExamples;
  private final TrainedSpan span;
  private final EventReporter events;
  private final TrainingListener listener;
  private final Clock clock;

  BatchTraining(
      TrainingPlan plan,
      StudentEngine engine,
      DivergenceGuard guard,
      HardExamples hardExamples,
      TrainedSpan span,
      EventReporter events,
      TrainingListener listener,
      Clock clock) {
    this.plan = plan;
    this.engine = engine;
    this.guard = guard;
    this.hardExamples = hardExamples;
    this.span = span;
    this.events = events;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * Prunes what is due, then scores and learns the batch.
   *
   * @param before the records in the student so far
   * @return those in it now
   * @throws DivergedStepException if the student broke; nothing of the batch counts then
   */
  Lineage train(PendingBatch pending, Lineage before) throws DivergedStepException {
    Optional<PruningLevel> pruned = engine.prune(plan.pruning());
    if (pruned.isPresent()) {
      listener.level(pruned.get());
      events.pruned(now(before), pruned.get());
    }
    Rehearsal rehearsal =
        guard.memories().replay(pending.fresh(), before.records(), plan.batchSize());
    TrainingBatch batch = pending.rows(rehearsal.beside());
    StepSettings settings = guard.settings(before.records());
    Optional<BatchScore> averaged = averageScore(batch, settings);
    StepResult result = guard.learn(batch, settings);
    List<RowScore> replayed = new ArrayList<>(result.replayed());
    for (List<Drawn> rows : rehearsal.after()) {
      replayed.addAll(guard.learn(PendingBatch.replayed(rows), settings).replayed());
    }
    span.trained(pending, new TrainedSpan.LastStep(batch, settings), result, clock.instant());
    guard.memories().learned(pending.examples());
    Lineage after = before.after(pending.examples(), pending.reached()).replaying(replayed.size());
    listener.trained(pending.fresh(), result, settings);
    listener.corrected(pending.size() - pending.fresh());
    listener.replayed(replayed.size());
    averaged.ifPresent(score -> averageScored(new PairedScore(result.score(), score)));
    if (hardExamples.isOn()) {
      List<HardExample> made =
          hardExamples.of(
              engine,
              new HardExamples.Learned(batch, ids(pending), result.rows(), settings),
              after.augmented().sent());
      span.made(made);
      after = after.sending(made.size());
    }
    guard.adapt(result);
    Optional<Drift> drift =
        guard.observe(
            plan.replay().isOn()
                ? guard.memories().telling(rehearsal.all(), replayed)
                : result.rows(),
            after.records());
    if (drift.isPresent()) {
      events.drifted(now(after), drift.get(), guard.settings(after.records()));
    }
    return after;
  }

  /**
   * Depends on the number of the step alone, so that a restarted trainer scores the same ones. An
   * average that this step is to end, since settings no longer ask for one, is not scored.
   */
  private Optional<BatchScore> averageScore(TrainingBatch batch, StepSettings settings) {
    int every = plan.averageScoredEvery();
    return every > 0 && settings.averagingWindow() > 0 && engine.steps() % every == 0
        ? engine.scoreAverage(batch, settings)
        : Optional.empty();
  }

  private void averageScored(PairedScore score) {
    span.averageScored(score);
    listener.averageScored(score);
  }

  private static List<String> ids(PendingBatch pending) {
    return pending.examples().stream().map(Example::requestId).toList();
  }

  private EventReporter.Moment now(Lineage lineage) {
    return new EventReporter.Moment(guard.good().lineage().version(), lineage.records());
  }
}
