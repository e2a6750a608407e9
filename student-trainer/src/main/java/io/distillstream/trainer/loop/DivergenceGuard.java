package io.distillstream.trainer.loop;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.memory.Memories;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.steering.Drift;
import io.distillstream.trainer.steering.LearningRateReduction;
import io.distillstream.trainer.steering.Steering;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last good state, and takes an engine that diverged back to it at a lower learning rate.
 * Borrows the engine, on its thread.
 */
final class DivergenceGuard {
  private static final Logger log = LoggerFactory.getLogger(DivergenceGuard.class);

  private final TrainingPlan plan;
  private final StudentEngine engine;
  private GoodState good;

  /** What {@link #good} followed, until that is published. */
  private @Nullable GoodState before;

  private Steering steering;
  private Memories memories;
  private int divergences;
  private long divergedAt;

  /**
   * @param good the engine's present state
   */
  DivergenceGuard(TrainingPlan plan, StudentEngine engine, GoodState good) {
    this.plan = plan;
    this.engine = engine;
    this.good = good;
    this.steering = steering(good);
    this.memories = memories(good);
  }

  /** Newest state handed over for publication, or the one that training started from. */
  GoodState good() {
    return good;
  }

  private Steering steering(GoodState good) {
    return new Steering(plan.schedule(), plan.drift(), good.steering());
  }

  private Memories memories(GoodState good) {
    return new Memories(
        plan.replay(), plan.heldOut(), good.state().progress().seed(), good.memories());
  }

  /** What the student remembers; another one after {@link #goBack}. */
  Memories memories() {
    return memories;
  }

  /** The settings of the next step. */
  StepSettings settings(long records) {
    return steering.settings(records);
  }

  /** Takes the engine's present state, with this account of it, as the new good one. */
  void accept(Lineage lineage) {
    before = good;
    good = new GoodState(engine.snapshot(), lineage, steering.state(), memories.state());
    if (lineage.records() > divergedAt) {
      divergences = 0;
    }
  }

  /** The good state is published. */
  void confirm() {
    before = null;
  }

  /** The newest good state turned out not to be: the one before it is in its place again. */
  void refuse() {
    good = Objects.requireNonNull(before, "nothing was handed over");
    before = null;
  }

  /**
   * Moves the good state on over offsets that hold nothing to train. What was held out there is in
   * the memory that goes with it, since nobody meets it again.
   */
  void passTo(Lineage lineage) {
    good = new GoodState(good.state(), lineage, good.steering(), memories.state());
  }

  /** Moves an adaptive temperature. */
  void adapt(StepResult result) {
    steering.adapt(result);
  }

  /**
   * Takes note of what was learned. With replay drift is judged on what is remembered, as {@link
   * Memories#telling} says: a run of one kind of request is no drift, however hard it is, and
   * labels that mean something else from now on contradict what is remembered.
   *
   * @param rows by which the stream is judged, each scored before it was learned
   * @param records learned so far, these included
   */
  Optional<Drift> observe(List<RowScore> rows, long records) {
    Optional<Drift> drift = steering.observe(rows, records);
    if (drift.isPresent()) {
      memories.streamChanged();
    }
    return drift;
  }

  /**
   * Learns a batch.
   *
   * @throws DivergedStepException if the student broke; a large loss alone is learned where the
   *     last good state finds the batch as hard
   */
  StepResult learn(TrainingBatch batch, StepSettings settings) throws DivergedStepException {
    try {
      return engine.learn(batch, settings);
    } catch (DivergedStepException e) {
      if (e.reason() == DivergedStepException.Cause.SPIKE
          && batch
              .fresh()
              .or(() -> Optional.of(batch))
              .filter(this::isHardForTheGoodState)
              .isPresent()) {
        log.info("{}; the last good state finds these records as hard", e.getMessage());
        return engine.learn(batch, settings.withoutSpikeCheck());
      }
      throw e;
    }
  }

  /**
   * Tells a stream that changed from a student that broke: on records of a new kind the last good
   * state does not much better than the present one. Leaves the engine at the present state in the
   * first case, at the good one in the second.
   */
  private boolean isHardForTheGoodState(TrainingBatch batch) {
    double presentKl = BatchScore.of(engine.logits(batch.inputs()), batch).meanKl();
    StudentState present = engine.snapshot();
    engine.restore(good.state());
    double goodKl = BatchScore.of(engine.logits(batch.inputs()), batch).meanKl();
    if (goodKl > presentKl / 2) {
      engine.restore(present);
      return true;
    }
    return false;
  }

  /**
   * Takes the engine back.
   *
   * @param records learned when it diverged
   * @throws TrainingStoppedException after too many divergences in a row
   */
  void goBack(String reason, long records) {
    divergences++;
    divergedAt = Math.max(divergedAt, records);
    Lineage lineage = good.lineage();
    if (divergences > plan.maxRollbacks()) {
      throw new TrainingStoppedException(
          ("%d divergences in a row, the last: %s. Checkpoint %d stands; lower the learning rate or"
                  + " look at the records after its offsets")
              .formatted(divergences, reason, lineage.version()));
    }
    LearningRateReduction cut =
        new LearningRateReduction(
            Math.pow(plan.rateCutFactor(), divergences), lineage.records() + plan.rateCutRecords());
    log.warn(
        "{}; back to {} records, learning rate × {} until record {}",
        reason,
        lineage.records(),
        cut.factor(),
        cut.untilRecords());
    engine.restore(good.state());
    steering = steering(good);
    memories = memories(good);
    steering.cut(cut);
  }
}
