package io.distillstream.trainer.loop;

import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Checkpoints kept in a list; writes end at once, or when the test says so. */
public final class MemoryCheckpoints implements Checkpoints {
  record PassedOver(
      long version,
      Map<Integer, Long> positions,
      long heldOut,
      List<ProducerRecord<String, byte[]>> letters,
      List<TrainingEvent> events) {}

  public final List<PendingCheckpoint> written = new ArrayList<>();
  final List<PassedOver> passedOver = new ArrayList<>();
  final List<CompletableFuture<Void>> unfinished = new ArrayList<>();
  boolean slow;
  BooleanSupplier room = () -> true;

  public PendingCheckpoint newest() {
    return written.get(written.size() - 1);
  }

  @Override
  public Resume resume() {
    Optional<GoodState> good = written.isEmpty() ? Optional.empty() : Optional.of(newest().good());
    Lineage lineage = good.map(GoodState::lineage).orElse(Lineage.NONE);
    PassedOver last = passedOver.isEmpty() ? null : passedOver.get(passedOver.size() - 1);
    return last == null || last.version() != lineage.version()
        ? new Resume(good, lineage.offsets())
        : new Resume(good, last.positions(), last.heldOut());
  }

  @Override
  public CompletableFuture<Void> write(PendingCheckpoint checkpoint) {
    for (float[] logits :
        new ScriptedEngine(checkpoint.good().state()).logits(checkpoint.probe().inputs())) {
      if (!Float.isFinite(logits[0])) {
        return outcome(new UnsoundStudentException("not finite"));
      }
    }
    written.add(checkpoint);
    return outcome(null);
  }

  @Override
  public CompletableFuture<Void> passOver(
      Lineage reached, List<ProducerRecord<String, byte[]>> records, List<TrainingEvent> events) {
    passedOver.add(
        new PassedOver(
            reached.version(),
            reached.offsets(),
            reached.apart().heldOut(),
            List.copyOf(records),
            List.copyOf(events)));
    return outcome(null);
  }

  @Override
  public boolean hasRoom() {
    return room.getAsBoolean();
  }

  private CompletableFuture<Void> outcome(@Nullable RuntimeException failure) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    if (slow) {
      unfinished.add(outcome);
    } else if (failure != null) {
      outcome.completeExceptionally(failure);
    } else {
      outcome.complete(null);
    }
    return outcome;
  }

  @Override
  public void close() {}
}
