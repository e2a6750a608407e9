package io.distillstream.device.mqtt;

import io.distillstream.device.transport.DeliveryPause;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.mqtt.Receipt;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.ReportJson;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Reports by an MQTT broker. A report is delivered when a gateway has sent the receipt for it: what
 * a broker has may still be lost. Owns the connection, and a thread.
 */
final class MqttReportSink implements ReportSink {

  private static final PlatformLog log = PlatformLog.of(MqttReportSink.class);

  /** Longer than a gateway waits for Kafka. */
  private static final int PATIENCE_SECONDS = 20;

  private final BrokerLink link;
  private final DeliveryPause pause = new DeliveryPause("The MQTT broker or its gateway");
  private final Map<String, CompletableFuture<Void>> awaited = new ConcurrentHashMap<>();
  private final ScheduledExecutorService waiting =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "device-receipts");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param link transferred
   */
  MqttReportSink(BrokerLink link) {
    this.link = link;
    link.listenToReceipts(this::received);
  }

  @Override
  public CompletionStage<Void> send(UpdateReport report) throws IOException {
    pause.requireOver();
    byte[] json = ReportJson.write(report);
    String digest = Sha256.hex(json);
    CompletableFuture<Void> delivered = new CompletableFuture<>();
    awaited.put(digest, delivered);
    try {
      var unusedTimeout =
          waiting.schedule(
              () -> fail(digest, delivered, "No gateway sent a receipt for it"),
              PATIENCE_SECONDS,
              TimeUnit.SECONDS);
      var unused =
          link.report(json)
              .whenComplete(
                  (done, failure) -> {
                    if (failure != null) {
                      fail(
                          digest,
                          delivered,
                          "The broker does not take it: " + failure.getMessage());
                    }
                  });
    } catch (RejectedExecutionException e) {
      awaited.remove(digest);
      throw new IOException("The device is closed", e);
    } catch (IOException e) {
      // The broker is away, of which the source of updates tells.
      fail(digest, delivered, String.valueOf(e.getMessage()));
    }
    return delivered;
  }

  @Override
  public void send(DeviceStatus status) {
    try {
      var unused = link.status(ReportJson.write(status));
    } catch (IOException e) {
      log.debug("A status is lost", e);
    }
  }

  @Override
  public void close() {
    waiting.shutdownNow();
    link.close();
  }

  private void received(byte[] json) {
    Receipt receipt;
    try {
      receipt = Receipt.read(json);
    } catch (InvalidJsonException e) {
      log.debug("A receipt is left out: {}", e.getMessage());
      return;
    }
    CompletableFuture<Void> delivered = awaited.remove(receipt.reportSha256());
    if (delivered != null) {
      if (receipt.error() != null) {
        // Sent again it would be refused again, for ever.
        log.warn("The gateway does not take a report, which is given up: {}", receipt.error());
      }
      pause.delivered();
      delivered.complete(null);
    }
  }

  /** Of no effect on a later attempt to deliver the same report. */
  private void fail(String digest, CompletableFuture<Void> delivered, String why) {
    if (awaited.remove(digest, delivered)) {
      IOException failure = new IOException(why);
      pause.failed(failure, Duration.ZERO);
      delivered.completeExceptionally(failure);
    }
  }
}
