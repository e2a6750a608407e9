package io.distillstream.trainer.loop;

import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Checkpoints kept in a list; writes end at once, or when the test says so. */
public final class MemoryCheckpoints implements Checkpoints {
  record PassedOver(
      long version,
      Map<Integer, Long> positions,
      List<ProducerRecord<String, byte[]>> letters,
      List<TrainingEvent> events) {}

  public final List<PendingCheckpoint> written = new ArrayList<>();
  final List<PassedOver> passedOver = new ArrayList<>();
  final List<CompletableFuture<Void>> unfinished = new ArrayList<>();
  boolean slow;

  public PendingCheckpoint newest() {
    return written.get(written.size() - 1);
  }

  @Override
  public Resume resume() {
    if (written.isEmpty()) {
      return new Resume(Optional.empty(), Map.of());
    }
    return new Resume(Optional.of(newest().good()), newest().good().lineage().offsets());
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
            reached.version(), reached.offsets(), List.copyOf(records), List.copyOf(events)));
    return outcome(null);
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
