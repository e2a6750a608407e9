package io.distillstream.device.kafka;

import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.StageReport;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.update.ReportMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Reports to the topics of a pipeline; each is delivered when all replicas have it. */
public final class KafkaReportSink implements ReportSink {

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final ClusterConnection cluster;
  private final WireFormat wire;
  private final Codec<DeviceReport> reports;
  private final Codec<StageReport> stages;
  private @Nullable Producer<String, byte[]> producer;

  /** Connects when it is first used. */
  public KafkaReportSink(ClusterConnection cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.wire = new WireFormat(cluster.registryUrl());
    this.reports = wire.codec(Topics.DEVICE_REPORTS, pipeline);
    this.stages = wire.codec(Topics.STAGE_REPORTS, pipeline);
  }

  @Override
  public CompletionStage<Void> send(UpdateReport report) throws IOException {
    return send(reports, report.deviceId(), ReportMapper.deviceReport(report));
  }

  @Override
  public void send(DeviceStatus status) throws IOException {
    StageReport report = ReportMapper.stageReport(status);
    send(stages, report.getStage() + "/" + report.getInstance(), report);
  }

  @Override
  public void close() {
    try {
      disconnect();
    } finally {
      wire.close();
    }
  }

  private <T extends SpecificRecord> CompletionStage<Void> send(
      Codec<T> codec, String key, T report) throws IOException {
    CompletableFuture<Void> delivered = new CompletableFuture<>();
    try {
      Producer<String, byte[]> open = producer;
      if (open == null) {
        open = new KafkaProducer<>(cluster.producerProperties());
        producer = open;
      }
      open.send(
          new ProducerRecord<>(codec.topic(), key, codec.encode(report)),
          (metadata, failure) -> {
            if (failure == null) {
              delivered.complete(null);
            } else {
              delivered.completeExceptionally(failure);
            }
          });
      return delivered;
    } catch (KafkaException | RegistryUnavailableException e) {
      throw failed(e);
    }
  }

  /** A producer that failed for good never sends again, another may; answers what to throw. */
  private IOException failed(RuntimeException cause) {
    IOException failure = new IOException("Reports cannot be sent: " + cause, cause);
    try {
      disconnect();
    } catch (KafkaException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private void disconnect() {
    Producer<String, byte[]> open = producer;
    producer = null;
    if (open != null) {
      // What is not delivered by then stays in the device's folder.
      open.close(CLOSE_PATIENCE);
    }
  }
}
