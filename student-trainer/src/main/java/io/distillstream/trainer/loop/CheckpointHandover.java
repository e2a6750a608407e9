package io.distillstream.trainer.loop;

import io.distillstream.trainer.checkpoint.CheckpointRestoredException;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.ExportProbe;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import io.distillstream.trainer.engine.TrainingStoppedException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands over what was trained to be written, one write at a time, and learns what became of it.
 * Belongs to the training thread; borrows everything.
 */
final class CheckpointHandover {
  private final Checkpoints checkpoints;
  private final DivergenceGuard guard;
  private final TrainedSpan span;
  private final TrainingListener listener;
  private final Clock clock;

  private long published;

  /** Where the newest published checkpoint's ranges end and the next one's begin. */
  private Map<Integer, Long> parentOffsets;

  private @Nullable CompletableFuture<Void> write;

  /** Events that the write takes along, if it is of a checkpoint. */
  private List<TrainingEvent> underWay = List.of();

  /**
   * @param newest of the checkpoints that are published already
   */
  CheckpointHandover(
      Checkpoints checkpoints,
      DivergenceGuard guard,
      Lineage newest,
      TrainedSpan span,
      TrainingListener listener,
      Clock clock) {
    this.checkpoints = checkpoints;
    this.guard = guard;
    this.span = span;
    this.listener = listener;
    this.clock = clock;
    published = newest.version();
    parentOffsets = newest.offsets();
  }

  boolean isUnderWay() {
    return write != null;
  }

  /** Whether a write is under way whose end need not be waited for. */
  boolean hasEnded() {
    return write != null && write.isDone();
  }

  /** Begins to write the good state, which is the span's end, as a checkpoint. */
  void checkpoint() {
    Map<Integer, Long> from = new HashMap<>(span.first());
    from.putAll(parentOffsets);
    TrainedSpan.LastStep last = span.last();
    Instant now = clock.instant();
    PendingCheckpoint checkpoint =
        new PendingCheckpoint(
            guard.good(),
            from,
            span.score(),
            span.pairs(),
            span.meanLoss(),
            span.eventTimes().toAvro(),
            span.passages().legs(now),
            last.settings(),
            span.letters(),
            span.heldOut(),
            span.hard(),
            span.events(),
            span.traces(),
            new ExportProbe(last.batch().inputs()),
            now);
    underWay = checkpoint.events();
    write = checkpoints.write(checkpoint);
  }

  /** Begins to write what the span has besides, where no student is to be published. */
  void passOver(Lineage reached) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>(span.letters());
    records.addAll(span.heldOut());
    write = checkpoints.passOver(reached, records, List.copyOf(span.events()));
  }

  /**
   * Waits for the write under way, if there is one.
   *
   * @throws UnsoundStudentException if its student is unsound: the good state is the one before it
   *     again, and its events are the span's
   * @throws CheckpointRestoredException if training continues elsewhere
   * @throws TrainingStoppedException if it cannot go on
   */
  void await() throws InterruptedException {
    if (write == null) {
      return;
    }
    try {
      write.get();
    } catch (ExecutionException e) {
      write = null;
      throw unwritten(e.getCause());
    }
    write = null;
    guard.confirm();
    Lineage committed = guard.good().lineage();
    if (committed.version() > published) {
      published = committed.version();
      parentOffsets = committed.offsets();
      listener.published(committed);
    }
  }

  private RuntimeException unwritten(@Nullable Throwable cause) {
    if (cause instanceof UnsoundStudentException unsound) {
      guard.refuse();
      underWay.forEach(span::happened);
      return unsound;
    }
    if (cause instanceof CheckpointRestoredException restored) {
      return restored;
    }
    return cause instanceof TrainingStoppedException stopped
        ? stopped
        : new TrainingStoppedException("a checkpoint could not be written", cause);
  }
}
