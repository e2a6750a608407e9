package io.distillstream.gateway.report;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.ReportJson;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.update.ReportProducer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/** Checks what devices say, writes it to the topics, and counts it. Thread-safe. */
public final class ReportIntake {

  private final ReportProducer producer;
  private final Supplier<Optional<String>> hindrance;
  private final ReportMetrics metrics;

  /**
   * @param producer borrowed
   * @param hindrance why nothing can be written at this moment, as a clause; empty if it can
   */
  public ReportIntake(
      ReportProducer producer, Supplier<Optional<String>> hindrance, ReportMetrics metrics) {
    this.producer = producer;
    this.hindrance = hindrance;
    this.metrics = metrics;
  }

  /**
   * Takes in what became of an update.
   *
   * @param sender the device that it has to be about; empty for any
   * @return completes with its place when all replicas have it, or by a {@link
   *     RefusedReportException}; perhaps on a thread of Kafka's producer
   */
  public CompletableFuture<RecordMetadata> report(byte[] json, Optional<String> sender) {
    return take(
        () -> {
          UpdateReport report = ReportJson.readReport(json);
          requireSender(report.deviceId(), sender);
          return producer.send(report);
        },
        metrics::reportTaken);
  }

  /**
   * Takes in how a device is.
   *
   * @param sender the device that it has to be about; empty for any
   * @return as of {@link #report}
   */
  public CompletableFuture<RecordMetadata> status(byte[] json, Optional<String> sender) {
    return take(
        () -> {
          DeviceStatus status = ReportJson.readStatus(json);
          requireSender(status.deviceId(), sender);
          return producer.send(status);
        },
        metrics::statusTaken);
  }

  private static void requireSender(String device, Optional<String> sender) {
    if (sender.isPresent() && !sender.get().equals(device)) {
      throw new InvalidJsonException(
          "device_id", "'device_id' is not the device that sent it: expected " + sender.get());
    }
  }

  private CompletableFuture<RecordMetadata> take(
      Supplier<CompletableFuture<RecordMetadata>> sending, Runnable taken) {
    CompletableFuture<RecordMetadata> answered = new CompletableFuture<>();
    Optional<String> why = hindrance.get();
    if (why.isPresent()) {
      refuse(answered, RefusedReportException.hindered(why.get()));
      return answered;
    }
    try {
      var unused =
          sending
              .get()
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      taken.run();
                      answered.complete(done);
                    } else {
                      refuse(answered, RefusedReportException.of(failure));
                    }
                  });
    } catch (InvalidJsonException | KafkaException | RegistryUnavailableException e) {
      refuse(answered, RefusedReportException.of(e));
    }
    return answered;
  }

  private void refuse(CompletableFuture<?> answered, RefusedReportException refusal) {
    metrics.reportRefused();
    answered.completeExceptionally(refusal);
  }
}
