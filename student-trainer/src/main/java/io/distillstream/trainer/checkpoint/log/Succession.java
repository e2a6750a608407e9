package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.trainer.checkpoint.CheckpointRestoredException;
import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.trainer.engine.TrainingStoppedException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether another took over from this trainer, and who: whoever does says so with a manifest. Owns
 * the watch; used by one thread at a time.
 */
final class Succession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Succession.class);

  private static final String TAKEN_OVER = "another trainer of this model has taken over";

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final CheckpointWatch watch;
  private final BooleanSupplier ownedByAnother;
  private final Duration patience;

  /** Newest version that is ours for certain. */
  private long known;

  /** What was handed over last; whether it was committed may never be told to this trainer. */
  private @Nullable Checkpoint own;

  /**
   * @param ownedByAnother whether the committed offsets say that another trainer goes on from here
   * @param patience how long to wait for a successor's manifest where a write failed
   */
  Succession(CheckpointWatch watch, BooleanSupplier ownedByAnother, Duration patience) {
    this.watch = watch;
    this.ownedByAnother = ownedByAnother;
    this.patience = patience;
  }

  /** Training continues after this version. */
  void resumed(long version) {
    known = version;
  }

  /** Newest version that is ours for certain. */
  long version() {
    return known;
  }

  /** Learned up to the manifest handed over last; 0 before the first. */
  long records() {
    return own == null ? 0 : own.getRecordsTrained();
  }

  /** The manifest is about to be written. */
  void handedOver(Checkpoint manifest) {
    own = manifest;
  }

  /** The manifest handed over last is committed. */
  void committed() {
    if (own == null) {
      throw new IllegalStateException("nothing was handed over");
    }
    known = own.getVersion();
  }

  /**
   * What to stop with because another says that it took over; empty while nobody does. Whoever may
   * write to the topic can say so.
   *
   * @throws KafkaException if the cluster refuses
   */
  Optional<RuntimeException> successor() {
    return successor(Duration.ZERO);
  }

  /** The brokers said that nobody took over: what {@link #successor} saw is no trainer's. */
  void refuted() {
    watch.forget();
  }

  private Optional<RuntimeException> successor(Duration look) {
    Checkpoint newer = watch.beyond(known, look);
    return newer == null || isOwn(newer) ? Optional.empty() : Optional.of(reason(newer));
  }

  /** The log keeps microseconds. */
  private boolean isOwn(Checkpoint manifest) {
    return own != null
        && manifest.getVersion() == own.getVersion()
        && manifest
            .getCreatedAt()
            .truncatedTo(ChronoUnit.MICROS)
            .equals(own.getCreatedAt().truncatedTo(ChronoUnit.MICROS));
  }

  /** What a trainer stops with whose work another one does. */
  static TrainingStoppedException takenOver() {
    return new TrainingStoppedException(TAKEN_OVER);
  }

  private static RuntimeException reason(Checkpoint newer) {
    return newer.getRestored() == null
        ? takenOver()
        : new CheckpointRestoredException(newer.getVersion());
  }

  /**
   * What to stop with after a write that brokers refused to this producer. They do so where another
   * one was opened, and where they ended a transaction that an outage had made too long: then there
   * is no successor, and nothing was lost but the transaction.
   */
  RuntimeException explain(TakenOverException takenOver) {
    try {
      return await(
              () ->
                  ownedByAnother.getAsBoolean()
                      ? new TrainingStoppedException(TAKEN_OVER, takenOver)
                      : null)
          .orElseGet(
              () ->
                  new TrainingStoppedException(
                      "the brokers ended a transaction of this trainer",
                      new TimeoutException("a transaction timed out")));
    } catch (KafkaException e) {
      return new TrainingStoppedException("whether another trainer took over cannot be told", e);
    }
  }

  /**
   * What to stop with after a write that failed. While the transaction of a fenced producer is
   * being ended, brokers may answer it with errors that do not say so.
   */
  RuntimeException explain(TrainingStoppedException stopped) {
    if (!(stopped.getCause() instanceof KafkaException cause)
        || cause instanceof InterruptException) {
      return stopped;
    }
    try {
      return await(() -> null).orElse(stopped);
    } catch (KafkaException e) {
      log.warn("Whether another trainer took over cannot be told: {}", e.toString());
      return stopped;
    }
  }

  /**
   * Waits for a successor.
   *
   * @param otherwise what else tells of one
   */
  private Optional<RuntimeException> await(Supplier<@Nullable RuntimeException> otherwise) {
    long deadline = System.nanoTime() + patience.toNanos();
    Optional<RuntimeException> found;
    do {
      found = Optional.ofNullable(otherwise.get()).or(() -> successor(LOOK));
    } while (found.isEmpty() && System.nanoTime() < deadline);
    return found;
  }

  @Override
  public void close() {
    watch.close();
  }
}
