package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.disk.DiskWatch;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.ExportedModel;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.ModelExporter;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.checkpoint.record.CheckpointMapper;
import io.distillstream.trainer.checkpoint.record.CheckpointRecords;
import io.distillstream.trainer.checkpoint.record.CheckpointSpans;
import io.distillstream.trainer.checkpoint.record.StateFile;
import io.distillstream.trainer.checkpoint.record.StoredTensors;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints on Kafka: state, model, manifest, hard examples, dead letters, copies of what is held
 * out and offsets in one transaction, written by a thread of its own while training goes on. Owns
 * that thread and the producer.
 */
public final class KafkaCheckpoints implements Checkpoints {
  private static final Logger log = LoggerFactory.getLogger(KafkaCheckpoints.class);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How often to look whether others publish. */
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

  private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

  private final CheckpointAccess access;
  private final LabelSpace labels;
  private final ModelExporter exporter;
  private final String model;
  private final String owner;
  private final CheckpointRecords records;
  private final CheckpointSpans spans;
  private final DiskWatch disk;
  private final CheckpointCleaner cleaner;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "trainer-checkpoints"));

  private @Nullable CheckpointTransactions transactions;

  private @Nullable Ownership ownership;

  /** What the newest checkpoint's state is read from. */
  private @Nullable StoredTensors stored;

  private long cleanedNanos = System.nanoTime() - CLEANING_INTERVAL.toNanos();

  /**
   * @param owner id of this trainer, the same whenever it takes its own work up again; of letters,
   *     digits and hyphens
   */
  public KafkaCheckpoints(
      ServiceContext context,
      KafkaClients clients,
      TrainerSettings settings,
      LabelSpace labels,
      ModelExporter exporter,
      String owner) {
    Pipeline pipeline = context.pipeline();
    this.labels = labels;
    this.disk = context.disk();
    this.exporter = exporter;
    this.model = settings.model();
    this.owner = owner;
    this.records = new CheckpointRecords(context.wire(), pipeline, model);
    this.spans = CheckpointSpans.of(context, records.examplesTopic(), model);
    this.access =
        CheckpointAccess.of(
            context.cluster(),
            context.wire(),
            pipeline,
            clients,
            context.folder("trainer-" + model));
    this.cleaner = new CheckpointCleaner(access, model, settings.retention());
  }

  public CheckpointAccess access() {
    return access;
  }

  /**
   * As {@link #resume}, for a trainer that worked before: it does not take its work back from
   * another one.
   */
  public Resume resumeUnlessReplaced() {
    Ownership.requireNone(access.clients(), records.examplesTopic(), owner);
    return resume();
  }

  @Override
  public Resume resume() {
    // Watches before it fences, so that it sees whoever fences it, and fences before it reads:
    // what is read then is final.
    Ownership owned = new Ownership(access, records, model, owner);
    ownership = owned;
    transactions = new CheckpointTransactions(access.clients());
    owned.claim(transactions);
    CheckpointFiles.clear(access.folder());
    Resume resume = new CheckpointLog(access, records.examplesTopic()).read(model, labels);
    owned.resumed(resume);
    ScheduledFuture<?> watching =
        thread.scheduleWithFixedDelay(
            owned::watch, 0, WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    log.debug("Watching: {}", watching);
    return resume;
  }

  @Override
  public CompletableFuture<Void> write(PendingCheckpoint checkpoint) {
    CompletableFuture<Void> written =
        onThread(
            () ->
                spans.during(
                    checkpoint,
                    trace -> {
                      try (CheckpointFiles files = CheckpointFiles.create(access.folder(), trace)) {
                        write(checkpoint, files);
                      }
                    }));
    thread.execute(this::clean);
    return written;
  }

  /** Leaves the state to its file as soon as may be: training needs the memory. */
  @SuppressWarnings("MustBeClosedChecker") // Closed by the next one, or with this.
  private void write(PendingCheckpoint checkpoint, CheckpointFiles files) throws IOException {
    StudentState state = checkpoint.good().state();
    StateFile.write(checkpoint.good(), files.state());
    StoredTensors written = StateFile.stored(files.state());
    boolean committed = false;
    try {
      state.moveMomentsTo(written::source);
      ExportedModel exported = exporter.export(checkpoint, files.onnx());
      state.moveWeightsTo(written::source);
      commit(checkpoint, files, exported);
      committed = true;
    } finally {
      // Training goes back to this state from now on, or else to the one before as ever.
      keep(committed ? stored : written, committed ? written : stored);
    }
  }

  private void keep(@Nullable StoredTensors dropped, @Nullable StoredTensors kept)
      throws IOException {
    stored = kept;
    if (dropped != null) {
      dropped.close();
    }
  }

  private void commit(PendingCheckpoint checkpoint, CheckpointFiles files, ExportedModel exported)
      throws IOException {
    Checkpoint unsent = CheckpointMapper.manifest(model, labels, checkpoint, exported);
    Checkpoint manifest =
        Checkpoint.newBuilder(unsent).setWantedVersions(cleaner.wantedWith(unsent)).build();
    requireOwned().handedOver(manifest);
    requireResumed()
        .commit(
            records.offsets(
                checkpoint.good().lineage().offsets(),
                CommittedOffsets.note(checkpoint.good().lineage(), owner)),
            producer -> {
              files.send(access, producer, manifest);
              checkpoint.letters().forEach(producer::send);
              checkpoint.heldOut().forEach(producer::send);
              records.requests(checkpoint).forEach(producer::send);
              records.events(checkpoint.events()).forEach(producer::send);
            });
    requireOwned().committed();
    cleaner.committed(manifest);
    log.info(
        "Checkpoint {} of {}: {} records, export within {}",
        checkpoint.version(),
        model,
        checkpoint.good().lineage().records(),
        exported.maxDifference());
  }

  /** A log that cannot be cleaned is no reason not to train. */
  private void clean() {
    if (thread.isShutdown()
        || !requireOwned().isHeld()
        || System.nanoTime() - cleanedNanos < CLEANING_INTERVAL.toNanos()) {
      return;
    }
    cleanedNanos = System.nanoTime();
    try {
      cleaner.clean(requireResumed());
    } catch (IOException | RuntimeException e) {
      log.warn("Old checkpoints were not deleted: {}", e.toString());
    }
  }

  @Override
  public void requireOwnership() {
    requireOwned().require();
  }

  @Override
  public boolean hasRoom() {
    return disk.hasRoom();
  }

  @Override
  public CompletableFuture<Void> passOver(
      Lineage reached, List<ProducerRecord<String, byte[]>> besides, List<TrainingEvent> happened) {
    List<ProducerRecord<String, byte[]>> copy = new ArrayList<>(besides);
    copy.addAll(records.events(happened));
    return onThread(
        () ->
            requireResumed()
                .commit(
                    records.offsets(reached.offsets(), CommittedOffsets.note(reached, owner)),
                    producer -> copy.forEach(producer::send)));
  }

  private CheckpointTransactions requireResumed() {
    return requireResumed(transactions);
  }

  private Ownership requireOwned() {
    return requireResumed(ownership);
  }

  private static <T> T requireResumed(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("resume before the first write");
    }
    return part;
  }

  private interface Task {
    void run() throws IOException;
  }

  private CompletableFuture<Void> onThread(Task task) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            task.run();
          } catch (TakenOverException e) {
            throw requireOwned().explain(e);
          } catch (TrainingStoppedException e) {
            throw requireOwned().explain(e);
          } catch (IOException e) {
            throw new TrainingStoppedException(
                "a checkpoint's files failed in " + access.folder(), e);
          }
        },
        thread);
  }

  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("Giving up on a checkpoint that is not written after {}", PATIENCE);
          thread.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        thread.shutdownNow();
      }
    }
    try {
      keep(stored, null);
    } catch (IOException e) {
      log.warn("A state's file cannot be closed: {}", e.toString());
    }
    if (transactions != null) {
      transactions.close();
    }
    if (ownership != null) {
      ownership.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
