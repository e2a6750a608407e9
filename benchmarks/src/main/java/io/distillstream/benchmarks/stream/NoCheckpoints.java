package io.distillstream.benchmarks.stream;

import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Keeps nothing: training in memory has nothing to recover. */
public final class NoCheckpoints implements Checkpoints {

  @Override
  public Resume resume() {
    return new Resume(Optional.empty(), Map.of());
  }

  @Override
  public CompletableFuture<Void> write(PendingCheckpoint checkpoint) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> passOver(
      Lineage reached, List<ProducerRecord<String, byte[]>> records, List<TrainingEvent> events) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}
}
