package io.distillstream.device;

import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.StageReport;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Delivers what the device has to say. A report of an update stays in the folder until the brokers
 * have it, so it is sent at least once; a copy has the same version and time. Borrows the producer.
 */
final class ReportSender {

  private final ModelFolder folder;
  private final Producer<String, byte[]> producer;
  private final Codec<DeviceReport> reports;
  private final Codec<StageReport> stages;
  private final Set<Path> underWay = ConcurrentHashMap.newKeySet();

  ReportSender(
      ModelFolder folder, Producer<String, byte[]> producer, WireFormat wire, Pipeline pipeline) {
    this.folder = folder;
    this.producer = producer;
    this.reports = wire.codec(Topics.DEVICE_REPORTS, pipeline);
    this.stages = wire.codec(Topics.STAGE_REPORTS, pipeline);
  }

  /** Sends the reports that wait in the folder and are not yet under way. */
  void sendWaiting() throws IOException {
    for (Path file : folder.undelivered()) {
      if (!underWay.contains(file)) {
        DeviceReport report = folder.report(file);
        byte[] value = reports.encode(report);
        underWay.add(file);
        send(
            new ProducerRecord<>(reports.topic(), report.getDeviceId(), value),
            (metadata, failure) -> {
              if (failure == null) {
                folder.delivered(file);
              }
              underWay.remove(file);
            });
      }
    }
  }

  /** Says how the device is; if it is lost, the next one says it again. */
  void send(StageReport report) {
    String key = report.getStage() + "/" + report.getInstance();
    send(
        new ProducerRecord<>(stages.topic(), key, stages.encode(report)),
        (metadata, failure) -> {});
  }

  private void send(ProducerRecord<String, byte[]> message, Callback callback) {
    // The callback hears of the outcome; the future would say the same.
    var unused = producer.send(message, callback);
  }
}
