package io.distillstream.benchmarks.scenario.run;

import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.state.StudentState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Judges and scores each checkpoint on the training thread, and keeps the newest. Borrows what it
 * is given.
 */
final class JudgedCheckpoints implements Checkpoints {
  private final Optional<GoodState> start;
  private final DeviceStudent device;
  private final CandidateGate gate;
  private final List<Example> heldOut;
  private final Consumer<Candidate> progress;
  private final List<Candidate> candidates = new ArrayList<>();
  private Optional<GoodState> newest;
  private long nanos;

  /**
   * @param start what training continues from; empty for a fresh start
   * @param heldOut what candidates are scored on
   * @param progress hears of each candidate
   */
  JudgedCheckpoints(
      Optional<GoodState> start,
      DeviceStudent device,
      CandidateGate gate,
      List<Example> heldOut,
      Consumer<Candidate> progress) {
    this.start = start;
    this.device = device;
    this.gate = gate;
    this.heldOut = heldOut;
    this.progress = progress;
    newest = start;
  }

  @Override
  public Resume resume() {
    return new Resume(
        start, start.<Map<Integer, Long>>map(good -> good.lineage().offsets()).orElse(Map.of()));
  }

  @Override
  public CompletableFuture<Void> write(PendingCheckpoint checkpoint) {
    long began = System.nanoTime();
    GoodState good = checkpoint.good();
    StudentState deployed = device.published(good);
    int position = Math.toIntExact(good.lineage().offsets().getOrDefault(0, 0L));
    Candidate candidate =
        new Candidate(
            position,
            good.lineage().records(),
            device.answers(deployed, heldOut),
            gate.refusal(deployed, position));
    candidates.add(candidate);
    progress.accept(candidate);
    newest = Optional.of(good);
    nanos += System.nanoTime() - began;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> passOver(
      Lineage reached, List<ProducerRecord<String, byte[]>> records, List<TrainingEvent> events) {
    return CompletableFuture.completedFuture(null);
  }

  List<Candidate> candidates() {
    return List.copyOf(candidates);
  }

  /** The newest checkpoint, or the start where there is none. */
  Optional<GoodState> newest() {
    return newest;
  }

  /** How long it took to judge and score them all. */
  long nanos() {
    return nanos;
  }

  @Override
  public void close() {}
}
