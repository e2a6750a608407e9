package io.distillstream.device.http;

import io.distillstream.device.transport.DeliveryPause;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.ReportJson;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reports to a gateway, which answers when Kafka has them. Owns a thread, so that a gateway that is
 * slow keeps the device from nothing else.
 */
public final class HttpReportSink implements ReportSink {

  private static final PlatformLog log = PlatformLog.of(HttpReportSink.class);
  private static final int READ_MILLIS = 20_000;
  private static final int NO_CONTENT = 204;

  private final Gateway gateway;
  private final DeliveryPause pause;
  private final AtomicBoolean statusUnderWay = new AtomicBoolean();
  private final ExecutorService sending =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "device-reports");
            thread.setDaemon(true);
            return thread;
          });

  public HttpReportSink(Gateway gateway) {
    this.gateway = gateway;
    this.pause = new DeliveryPause("Gateway " + gateway);
  }

  @Override
  public CompletionStage<Void> send(UpdateReport report) throws IOException {
    return send("/v1/reports", ReportJson.write(report));
  }

  /** Left out while the one before it is under way. */
  @Override
  public void send(DeviceStatus status) throws IOException {
    if (statusUnderWay.compareAndSet(false, true)) {
      boolean handedOver = false;
      try {
        var unused =
            send("/v1/status", ReportJson.write(status))
                .whenComplete((done, failure) -> statusUnderWay.set(false));
        handedOver = true;
      } finally {
        if (!handedOver) {
          statusUnderWay.set(false);
        }
      }
    }
  }

  @Override
  public void close() {
    sending.shutdownNow();
  }

  private CompletionStage<Void> send(String path, byte[] json) throws IOException {
    pause.requireOver();
    CompletableFuture<Void> delivered = new CompletableFuture<>();
    try {
      sending.execute(() -> deliver(path, json, delivered));
    } catch (RejectedExecutionException e) {
      throw new IOException("The device is closed", e);
    }
    return delivered;
  }

  private void deliver(String path, byte[] json, CompletableFuture<Void> delivered) {
    try {
      post(path, json);
      pause.delivered();
      delivered.complete(null);
    } catch (GatewayException e) {
      if (e.isFinal()) {
        // Sent again it would be refused again, for ever.
        log.warn("The gateway does not take a report, which is given up: {}", e.getMessage());
        delivered.complete(null);
      } else {
        failed(e, e.retryAfter(), delivered);
      }
    } catch (IOException | RuntimeException e) {
      failed(e, Duration.ZERO, delivered);
    }
  }

  private void failed(Exception failure, Duration asked, CompletableFuture<Void> delivered) {
    pause.failed(failure, asked);
    delivered.completeExceptionally(failure);
  }

  private void post(String path, byte[] json) throws IOException {
    HttpURLConnection connection = gateway.open(path, READ_MILLIS);
    boolean answered = false;
    try {
      connection.setRequestMethod("POST");
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(json.length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(json);
      }
      Gateway.requireStatus(connection, NO_CONTENT);
      answered = true;
    } finally {
      if (!answered) {
        connection.disconnect();
      }
    }
  }
}
