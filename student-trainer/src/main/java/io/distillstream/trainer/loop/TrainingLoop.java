package io.distillstream.trainer.loop;

import io.distillstream.trainer.augment.HardExamples;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.settings.TrainingPlan;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Batches in order, learns each one, and hands over checkpoints that cover exactly what was
 * learned.
 *
 * <p>Batches depend on the order of the records alone, as long as the stream is not quiet for
 * {@link TrainingPlan#maxBatchWait}: checkpoints fall between batches and cut none short, and
 * records that wait for their batch are left to the next start. So a trainer that was killed and
 * restarted takes the very steps of one that was not.
 *
 * <p>While there is no room for checkpoints it takes no step: none could be kept.
 *
 * <p>{@link #run} belongs to one thread, which uses the borrowed engine, source and checkpoints;
 * {@link #stop} may be called from any.
 */
public final class TrainingLoop {
  private static final Duration MAX_POLL = Duration.ofMillis(100);

  private final TrainingPlan plan;
  private final StudentEngine engine;
  private final ExampleSource source;
  private final Checkpoints checkpoints;
  private final TrainingListener listener;
  private final HardExamples hardExamples;
  private final LongSupplier nanoTime;

  private final DivergenceGuard guard;
  private final PendingBatch pending = new PendingBatch();
  private final TrainedSpan span = new TrainedSpan();
  private final EventReporter events;
  private final BatchTraining training;
  private final CheckpointHandover handover;
  private Lineage lineage;
  private long handedOverNanos;
  private volatile boolean stopping;

  /**
   * @param engine at the state of {@code resume}, or at its fresh start if that has none
   * @param resume what {@code checkpoints} said
   */
  public TrainingLoop(
      TrainingPlan plan,
      StudentEngine engine,
      Checkpoints.Resume resume,
      ExampleSource source,
      Checkpoints checkpoints,
      TrainingListener listener) {
    this(plan, engine, resume, source, checkpoints, listener, HardExamples.NONE);
  }

  /**
   * With hard examples.
   *
   * @param hardExamples says which are made and which are trained
   */
  public TrainingLoop(
      TrainingPlan plan,
      StudentEngine engine,
      Checkpoints.Resume resume,
      ExampleSource source,
      Checkpoints checkpoints,
      TrainingListener listener,
      HardExamples hardExamples) {
    this(
        plan,
        engine,
        resume,
        source,
        checkpoints,
        listener,
        hardExamples,
        Clock.systemUTC(),
        System::nanoTime);
  }

  TrainingLoop(
      TrainingPlan plan,
      StudentEngine engine,
      Checkpoints.Resume resume,
      ExampleSource source,
      Checkpoints checkpoints,
      TrainingListener listener,
      HardExamples hardExamples,
      Clock clock,
      LongSupplier nanoTime) {
    this.plan = plan;
    this.engine = engine;
    this.source = source;
    this.checkpoints = checkpoints;
    this.listener = listener;
    this.hardExamples = hardExamples;
    this.nanoTime = nanoTime;
    GoodState start =
        resume.good().orElseGet(() -> new GoodState(engine.snapshot(), Lineage.NONE, Map.of()));
    this.guard = new DivergenceGuard(plan, engine, start);
    guard.passTo(start.lineage().reaching(resume.positions()).holdingOut(resume.heldOut()));
    this.lineage = guard.good().lineage();
    this.events = new EventReporter(span, listener, clock);
    this.training =
        new BatchTraining(plan, engine, guard, hardExamples, span, events, listener, clock);
    this.handover =
        new CheckpointHandover(checkpoints, guard, start.lineage(), span, listener, clock);
    if (engine.recordsLearned() != lineage.records()) {
      throw new IllegalArgumentException(
          "the engine learned %d records, the checkpoint says %d"
              .formatted(engine.recordsLearned(), lineage.records()));
    }
  }

  /**
   * Ends {@link #run} after the step under way and, where there is room for it, a last checkpoint.
   */
  public void stop() {
    stopping = true;
  }

  /**
   * Trains until {@link #stop}.
   *
   * @throws TrainingStoppedException if training cannot go on; the last committed checkpoint stands
   */
  public void run() throws InterruptedException {
    handedOverNanos = nanoTime.getAsLong();
    startFromGood();
    while (!stopping) {
      checkpoints.requireOwnership();
      if (handover.hasEnded()) {
        awaitWrite();
      }
      if (checkpoints.hasRoom()) {
        turn();
      } else {
        TimeUnit.MILLISECONDS.sleep(MAX_POLL.toMillis());
      }
    }
    awaitWrite();
    if (!span.isEmpty() && checkpoints.hasRoom()) {
      checkpoint();
      awaitWrite();
    }
  }

  /** Of the engine, which is there already, and of everything that goes with it. */
  private void startFromGood() {
    lineage = guard.good().lineage();
    pending.clear();
    source.seek(lineage.offsets());
    listener.resumed(lineage);
    listener.level(engine.pruningLevel());
  }

  private void turn() throws InterruptedException {
    Arrival arrival = source.poll(patience());
    if (arrival != null) {
      receive(arrival);
    }
    if (pending.size() == 0) {
      passOverPending();
    } else if (pending.size() >= plan.batchSize()
        || pending.waitedNanos(nanoTime.getAsLong()) >= plan.maxBatchWait().toNanos()) {
      train();
    }
    if (span.isFull()) {
      awaitWrite();
    }
    if (pending.size() == 0 && !handover.isUnderWay() && checkpointDue()) {
      checkpoint();
    }
  }

  /** Hard examples that came back beyond their share are passed over. */
  private void receive(Arrival arrival) {
    if (arrival instanceof Arrival.Usable usable
        && usable.example().augmented()
        && !hardExamples.admits(
            lineage.augmented().trained() + pending.augmented(),
            lineage.records() + pending.fresh())) {
      pending.pass(arrival);
      listener.leftOut(1);
    } else {
      pending.add(arrival, nanoTime.getAsLong());
      if (arrival instanceof Arrival.Agreed) {
        listener.agreed(1);
      }
    }
  }

  /** Up to when nothing needs doing unless a record comes. */
  private Duration patience() {
    long left = plan.maxBatchWait().toNanos() - pending.waitedNanos(nanoTime.getAsLong());
    return Duration.ofNanos(Math.max(0, Math.min(left, MAX_POLL.toNanos())));
  }

  private void passOverPending() {
    if (!pending.isEmpty()) {
      span.passed(pending);
      lineage = lineage.reaching(pending.reached());
      dealtWith();
    }
  }

  private void train() throws InterruptedException {
    try {
      lineage = training.train(pending, lineage);
    } catch (DivergedStepException e) {
      // Only a student that was found sound is worth going back to.
      if (awaitWrite()) {
        rollBack(String.valueOf(e.getMessage()));
      }
      return;
    }
    dealtWith();
  }

  /** What is pending, apart from its examples. */
  private void dealtWith() {
    List<Example> heldOut = pending.heldOut().stream().map(Arrival.HeldOut::example).toList();
    guard.memories().heldOut(heldOut);
    lineage = lineage.holdingOut(lineage.apart().heldOut() + heldOut.size());
    listener.heldOut(heldOut);
    listener.refused(pending.letters().size());
    pending.clear();
  }

  private void rollBack(String reason) throws InterruptedException {
    span.discard();
    try {
      guard.goBack(reason, lineage.records());
    } catch (TrainingStoppedException e) {
      events.stopped(now(), String.valueOf(e.getMessage()));
      awaitWrite();
      handover.passOver(guard.good().lineage());
      awaitWrite();
      throw e;
    }
    events.rolledBack(now(), reason, guard.good().lineage().records());
    startFromGood();
  }

  private EventReporter.Moment now() {
    return new EventReporter.Moment(guard.good().lineage().version(), lineage.records());
  }

  private boolean checkpointDue() {
    return !lineage.offsets().equals(guard.good().lineage().offsets())
        && (span.records() >= plan.checkpointRecords()
            || span.isFull()
            || nanoTime.getAsLong() - handedOverNanos >= plan.checkpointInterval().toNanos());
  }

  private void checkpoint() {
    if (span.records() == 0) {
      guard.passTo(lineage);
      handover.passOver(lineage);
    } else {
      lineage = lineage.published();
      guard.accept(lineage);
      handover.checkpoint();
    }
    span.clear();
    handedOverNanos = nanoTime.getAsLong();
  }

  /**
   * Waits for the write under way.
   *
   * @return false if its student is unsound and training was taken back
   */
  private boolean awaitWrite() throws InterruptedException {
    try {
      handover.await();
    } catch (UnsoundStudentException e) {
      rollBack(String.valueOf(e.getMessage()));
      return false;
    }
    return true;
  }
}
