package io.distillstream.wire.update;

import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.StageReport;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * Writes what devices say to the topics of a pipeline. Owns its producer, borrows the wire format.
 * Thread-safe.
 */
public final class ReportProducer implements AutoCloseable {

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final Codec<DeviceReport> reports;
  private final Codec<StageReport> stages;
  private final Producer<String, byte[]> producer;

  /**
   * @param properties of a producer
   * @throws KafkaException if there can be no such producer
   */
  public ReportProducer(Map<String, Object> properties, WireFormat wire, Pipeline pipeline) {
    this.reports = wire.codec(Topics.DEVICE_REPORTS, pipeline);
    this.stages = wire.codec(Topics.STAGE_REPORTS, pipeline);
    this.producer = new KafkaProducer<>(properties);
  }

  /**
   * Sends what became of an update.
   *
   * @return completes with its place on the topic when all replicas have it
   * @throws KafkaException if it cannot be sent at the moment
   * @throws RegistryUnavailableException likewise
   */
  public CompletableFuture<RecordMetadata> send(UpdateReport report) {
    return send(reports, report.deviceId(), ReportMapper.deviceReport(report));
  }

  /**
   * Sends how a device is.
   *
   * @return completes with its place on the topic when all replicas have it
   * @throws KafkaException if it cannot be sent at the moment
   * @throws RegistryUnavailableException likewise
   */
  public CompletableFuture<RecordMetadata> send(DeviceStatus status) {
    StageReport report = ReportMapper.stageReport(status);
    return send(stages, report.getStage() + "/" + report.getInstance(), report);
  }

  /** What is not delivered within a few seconds is lost. */
  @Override
  public void close() {
    producer.close(CLOSE_PATIENCE);
  }

  private <T extends SpecificRecord> CompletableFuture<RecordMetadata> send(
      Codec<T> codec, String key, T report) {
    CompletableFuture<RecordMetadata> delivered = new CompletableFuture<>();
    producer.send(
        new ProducerRecord<>(codec.topic(), key, codec.encode(report)),
        (metadata, failure) -> {
          if (failure == null) {
            delivered.complete(metadata);
          } else {
            delivered.completeExceptionally(failure);
          }
        });
    return delivered;
  }
}
