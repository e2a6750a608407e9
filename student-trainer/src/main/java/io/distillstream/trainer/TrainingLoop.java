package io.distillstream.trainer;

import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.augment.HardExamples;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StepSettings;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.TrainingBatch;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.steering.Drift;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Batches in order, learns each one, and hands over checkpoints that cover exactly what was
 * learned.
 *
 * <p>Batches depend on the order of the records alone, as long as the stream is not quiet for
 * {@link TrainingPlan#maxBatchWait}: checkpoints fall between batches and cut none short, and
 * records that wait for their batch are left to the next start. So a trainer that was killed and
 * restarted takes the very steps of one that was not.
 *
 * <p>{@link #run} belongs to one thread, which uses the borrowed engine, source and checkpoints;
 * {@link #stop} may be called from any.
 */
public final class TrainingLoop {
  private static final Duration MAX_POLL = Duration.ofMillis(100);

  /** Bounds the memory that refused records take before they are committed. */
  private static final int MAX_LETTERS = 1_000;

  private final TrainingPlan plan;
  private final StudentEngine engine;
  private final ExampleSource source;
  private final Checkpoints checkpoints;
  private final TrainingListener listener;
  private final HardExamples hardExamples;
  private final Clock clock;
  private final LongSupplier nanoTime;

  private final DivergenceGuard guard;
  private final PendingBatch pending = new PendingBatch();
  private final TrainedSpan span = new TrainedSpan();
  private Lineage lineage;

  /** Where the newest published checkpoint's ranges end and the next one's begin. */
  private Map<Integer, Long> parentOffsets;

  private @Nullable TrainingBatch newest;
  private @Nullable StepSettings newestSettings;
  private @Nullable CompletableFuture<Void> write;

  /** Events that the write takes along, if it is of a checkpoint. */
  private List<TrainingEvent> underWay = List.of();

  private long published;
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
    this.clock = clock;
    this.nanoTime = nanoTime;
    GoodState start =
        resume.good().orElseGet(() -> new GoodState(engine.snapshot(), Lineage.NONE, Map.of()));
    this.parentOffsets = start.lineage().offsets();
    this.guard = new DivergenceGuard(plan, engine, start);
    guard.passTo(start.lineage().reaching(resume.positions()));
    this.lineage = guard.good().lineage();
    this.published = lineage.version();
    if (engine.recordsLearned() != lineage.records()) {
      throw new IllegalArgumentException(
          "the engine learned %d records, the checkpoint says %d"
              .formatted(engine.recordsLearned(), lineage.records()));
    }
  }

  /** Ends {@link #run} after the step under way and a last checkpoint. */
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
      turn();
    }
    awaitWrite();
    if (!span.isEmpty()) {
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
    checkpoints.requireOwnership();
    settleWrite();
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
    if (span.letters().size() >= MAX_LETTERS) {
      awaitWrite();
    }
    if (pending.size() == 0 && write == null && checkpointDue()) {
      checkpoint();
    }
  }

  /** Hard examples that came back beyond their share are passed over. */
  private void receive(Arrival arrival) {
    if (arrival instanceof Arrival.Usable usable
        && usable.example().augmented()
        && !hardExamples.admits(
            lineage.augmented().trained() + pending.augmented(),
            lineage.records() + pending.size())) {
      pending.pass(arrival);
      listener.leftOut(1);
    } else {
      pending.add(arrival, nanoTime.getAsLong());
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
      listener.refused(pending.letters().size());
      pending.clear();
    }
  }

  private void train() throws InterruptedException {
    engine.prune(plan.pruning()).ifPresent(this::pruned);
    TrainingBatch batch = pending.rows();
    StepSettings settings = guard.settings(lineage.records());
    StepResult result;
    try {
      result = guard.learn(batch, settings);
    } catch (DivergedStepException e) {
      // Only a student that was found sound is worth going back to.
      if (awaitWrite()) {
        rollBack(String.valueOf(e.getMessage()));
      }
      return;
    }
    span.trained(pending, result);
    lineage = lineage.after(pending.examples(), pending.reached());
    listener.refused(pending.letters().size());
    listener.trained(batch.size(), result, settings);
    if (hardExamples.isOn()) {
      makeHardExamples(batch, result, settings);
    }
    guard.observe(result, lineage.records()).ifPresent(this::drifted);
    pending.clear();
    newest = batch;
    newestSettings = settings;
  }

  private void makeHardExamples(TrainingBatch batch, StepResult result, StepSettings settings) {
    List<String> ids = pending.examples().stream().map(Example::requestId).toList();
    List<HardExample> made =
        hardExamples.of(
            engine,
            new HardExamples.Learned(batch, ids, result.rows(), settings),
            lineage.augmented().sent());
    span.made(made);
    lineage = lineage.sending(made.size());
  }

  private void pruned(PruningLevel level) {
    listener.level(level);
    happened(
        TrainingEvent.Kind.PRUNED,
        "%.1f %% of the prunable weights are 0, %.1f %% of the blocks' parameters and %.1f %% of the word table's rows gone; %d parameters are left, %d of them 0"
            .formatted(
                100 * level.sparsity(),
                100 * level.unitsRemoved(),
                100 * level.rowsRemoved(),
                level.parameters(),
                level.pruned()),
        Map.of(
            "sparsity",
            level.sparsity(),
            "units_removed",
            level.unitsRemoved(),
            "rows_removed",
            level.rowsRemoved(),
            "parameters",
            (double) level.parameters(),
            "parameters_pruned",
            (double) level.pruned()));
  }

  private void drifted(Drift drift) {
    StepSettings next = guard.settings(lineage.records());
    happened(
        TrainingEvent.Kind.DRIFT,
        "agreement fell from %.3f to %.3f some %d records ago; temperature is %.2f and learning rate %.2e from now on"
            .formatted(
                drift.before(),
                drift.after(),
                drift.records(),
                next.temperature(),
                next.learningRate()),
        Map.of(
            "agreement_before", drift.before(),
            "agreement_after", drift.after(),
            "records_since", (double) drift.records(),
            "temperature", next.temperature(),
            "learning_rate", next.learningRate()));
  }

  private void happened(TrainingEvent.Kind kind, String message, Map<String, Double> details) {
    TrainingEvent event =
        new TrainingEvent(
            kind,
            guard.good().lineage().version(),
            lineage.records(),
            message,
            details,
            clock.instant());
    span.happened(event);
    listener.happened(event);
  }

  private void rollBack(String reason) throws InterruptedException {
    span.discard();
    try {
      guard.goBack(reason, lineage.records());
    } catch (TrainingStoppedException e) {
      happened(TrainingEvent.Kind.STOPPED, String.valueOf(e.getMessage()), Map.of());
      awaitWrite();
      passOverTo(guard.good().lineage(), List.of());
      awaitWrite();
      throw e;
    }
    happened(
        TrainingEvent.Kind.ROLLBACK,
        "%s; back to %d records".formatted(reason, guard.good().lineage().records()),
        Map.of("records_after", (double) guard.good().lineage().records()));
    startFromGood();
  }

  private void passOverTo(Lineage reached, List<ProducerRecord<String, byte[]>> letters) {
    write =
        checkpoints.passOver(
            reached.version(), reached.offsets(), letters, List.copyOf(span.events()));
  }

  private boolean checkpointDue() {
    return !lineage.offsets().equals(guard.good().lineage().offsets())
        && (span.records() >= plan.checkpointRecords()
            || span.letters().size() >= MAX_LETTERS
            || nanoTime.getAsLong() - handedOverNanos >= plan.checkpointInterval().toNanos());
  }

  private void checkpoint() throws InterruptedException {
    if (span.records() == 0) {
      guard.passTo(lineage);
      passOverTo(lineage, span.letters());
    } else {
      lineage = lineage.published();
      guard.accept(lineage);
      PendingCheckpoint checkpoint = pendingCheckpoint();
      underWay = checkpoint.events();
      write = checkpoints.write(checkpoint);
    }
    span.clear();
    handedOverNanos = nanoTime.getAsLong();
  }

  private PendingCheckpoint pendingCheckpoint() {
    Map<Integer, Long> from = new HashMap<>(span.first());
    from.putAll(parentOffsets);
    return new PendingCheckpoint(
        guard.good(),
        from,
        span.score(),
        span.meanLoss(),
        span.eventTimes().toAvro(),
        requireTrained(newestSettings),
        span.letters(),
        span.hard(),
        span.events(),
        new ExportProbe(requireTrained(newest).inputs()),
        clock.instant());
  }

  private static <T> T requireTrained(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a checkpoint of trained records without a trained batch");
    }
    return value;
  }

  private void settleWrite() throws InterruptedException {
    if (write != null && write.isDone()) {
      awaitWrite();
    }
  }

  /**
   * Waits for the checkpoint under way.
   *
   * @return false if its student is unsound and training was taken back
   */
  private boolean awaitWrite() throws InterruptedException {
    if (write == null) {
      return true;
    }
    try {
      write.get();
    } catch (ExecutionException e) {
      write = null;
      return unwritten(e.getCause());
    }
    write = null;
    guard.confirm();
    Lineage committed = guard.good().lineage();
    if (committed.version() > published) {
      published = committed.version();
      parentOffsets = committed.offsets();
      listener.published(committed);
    }
    return true;
  }

  private boolean unwritten(@Nullable Throwable cause) throws InterruptedException {
    if (cause instanceof UnsoundStudentException unsound) {
      guard.refuse();
      underWay.forEach(span::happened);
      rollBack(String.valueOf(unsound.getMessage()));
      return false;
    }
    if (cause instanceof CheckpointRestoredException restored) {
      throw restored;
    }
    throw cause instanceof TrainingStoppedException stopped
        ? stopped
        : new TrainingStoppedException("a checkpoint could not be written", cause);
  }
}
