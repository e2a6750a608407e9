package io.distillstream.teacher.publish;

import io.distillstream.wire.RegistryUnavailableException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;

/**
 * Publishes truth that comes after its request, on its own: it waits neither for the model nor for
 * a transaction. Owns the producer. Thread-safe.
 */
public final class GroundTruthPublisher implements AutoCloseable {

  private final Producer<String, byte[]> producer;
  private final TrafficRecords records;
  private final InstantSource clock;

  public GroundTruthPublisher(
      Producer<String, byte[]> producer, TrafficRecords records, InstantSource clock) {
    this.producer = producer;
    this.records = records;
    this.clock = clock;
  }

  /** Completes when the cluster has it, exceptionally when that cannot be said. */
  public CompletableFuture<Void> publish(String requestId, String label) {
    CompletableFuture<Void> published = new CompletableFuture<>();
    try {
      producer.send(
          records.groundTruth(requestId, label, clock.instant()),
          (metadata, failure) -> {
            if (failure == null) {
              published.complete(null);
            } else {
              published.completeExceptionally(failure);
            }
          });
    } catch (KafkaException | RegistryUnavailableException e) {
      published.completeExceptionally(e);
    }
    return published;
  }

  @Override
  public void close() {
    producer.close();
  }
}
