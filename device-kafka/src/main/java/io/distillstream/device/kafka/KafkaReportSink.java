package io.distillstream.device.kafka;

import io.distillstream.device.transport.ReportSink;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.update.ReportProducer;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Reports to the topics of a pipeline; each is delivered when all replicas have it. */
public final class KafkaReportSink implements ReportSink {

  private final ClusterConnection cluster;
  private final Pipeline pipeline;
  private final WireFormat wire;
  private @Nullable ReportProducer producer;

  /** Connects when it is first used. */
  public KafkaReportSink(ClusterConnection cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.wire = new WireFormat(cluster);
  }

  @Override
  public CompletionStage<Void> send(UpdateReport report) throws IOException {
    return send(open -> open.send(report));
  }

  @Override
  public void send(DeviceStatus status) throws IOException {
    send(open -> open.send(status));
  }

  @Override
  public void close() {
    try {
      disconnect();
    } finally {
      wire.close();
    }
  }

  private CompletionStage<Void> send(Function<ReportProducer, CompletionStage<Void>> sending)
      throws IOException {
    try {
      ReportProducer open = producer;
      if (open == null) {
        open = new ReportProducer(cluster.producerProperties(), wire, pipeline);
        producer = open;
      }
      return sending.apply(open);
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
    ReportProducer open = producer;
    producer = null;
    if (open != null) {
      // What is not delivered by then stays in the device's folder.
      open.close();
    }
  }
}
