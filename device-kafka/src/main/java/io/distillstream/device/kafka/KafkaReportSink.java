package io.distillstream.device.kafka;

import io.distillstream.device.transport.DeliveryPause;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.update.ReportProducer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Reports to the topics of a pipeline; each is delivered when all replicas have it. A topic that
 * does not take what is sent, whose failure Kafka's producer tells later, is left alone for a
 * while; what is too large for it is given up.
 */
public final class KafkaReportSink implements ReportSink {

  private static final PlatformLog log = PlatformLog.of(KafkaReportSink.class);

  private final ClusterConnection cluster;
  private final Pipeline pipeline;
  private final WireFormat wire;
  private final Destination reports;
  private final Destination statuses;
  private @Nullable ReportProducer producer;

  /** A topic; each pauses apart, since a device may be allowed to write to one of them alone. */
  private record Destination(String topic, DeliveryPause pause) {

    static Destination of(String topic) {
      return new Destination(topic, new DeliveryPause("Topic " + topic));
    }
  }

  /** Connects when it is first used. */
  public KafkaReportSink(ClusterConnection cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.wire = new WireFormat(cluster);
    this.reports = Destination.of(Topics.DEVICE_REPORTS.in(pipeline));
    this.statuses = Destination.of(Topics.STAGE_REPORTS.in(pipeline));
  }

  @Override
  public CompletionStage<Void> send(UpdateReport report) throws IOException {
    return send(reports, open -> open.send(report));
  }

  @Override
  public void send(DeviceStatus status) throws IOException {
    var unused = send(statuses, open -> open.send(status));
  }

  @Override
  public void close() {
    try {
      disconnect();
    } finally {
      wire.close();
    }
  }

  private CompletionStage<Void> send(
      Destination to, Function<ReportProducer, CompletionStage<?>> sending) throws IOException {
    to.pause().requireOver();
    CompletableFuture<Void> delivered = new CompletableFuture<>();
    try {
      ReportProducer open = producer;
      if (open == null) {
        open = new ReportProducer(cluster.producerProperties(), wire, pipeline);
        producer = open;
      }
      var unused =
          sending.apply(open).whenComplete((done, failure) -> settle(to, failure, delivered));
    } catch (KafkaException | RegistryUnavailableException e) {
      throw failed(e);
    }
    return delivered;
  }

  /**
   * Most of what can fail, such as a lack of rights, the producer tells here and does not throw.
   */
  private static void settle(
      Destination to, @Nullable Throwable failure, CompletableFuture<Void> delivered) {
    if (failure == null) {
      to.pause().delivered();
      delivered.complete(null);
    } else if (failure instanceof RecordTooLargeException) {
      // Sent again it would be refused again, for ever.
      log.warn(
          "Topic {} does not take a report, which is given up: {}", to.topic(), failure.toString());
      delivered.complete(null);
    } else {
      to.pause().failed(failure, Duration.ZERO);
      delivered.completeExceptionally(failure);
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
    ReportProducer open = producer;
    producer = null;
    if (open != null) {
      // What is not delivered by then stays in the device's folder.
      open.close();
    }
  }
}
