package io.distillstream.chaos.audit;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Records that faults wrote and that no stage can decode. Thread-safe. */
public final class PlantedRecords {

  /** Where a record lies. */
  public record Origin(String topic, int partition, long offset) {}

  private final List<Origin> origins = new ArrayList<>();

  public synchronized void add(RecordMetadata written) {
    origins.add(new Origin(written.topic(), written.partition(), written.offset()));
  }

  public synchronized List<Origin> all() {
    return List.copyOf(origins);
  }
}
