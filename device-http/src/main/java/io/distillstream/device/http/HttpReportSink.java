package io.distillstream.device.http;

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
  private final Pauses pauses = new Pauses(Duration.ofSeconds(1), Duration.ofSeconds(30));
  private final AtomicBoolean statusUnderWay = new AtomicBoolean();
  private final ExecutorService sending =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "device-reports");
            thread.setDaemon(true);
            return thread;
          });

  /** Not before it nothing is sent, since the gateway took nothing last. */
  private volatile long notBefore = System.nanoTime();

  public HttpReportSink(Gateway gateway) {
    this.gateway = gateway;
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
    if (System.nanoTime() - notBefore < 0) {
      throw new IOException("The gateway took no report last; it is tried again in a while");
    }
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
      pauses.reset();
      delivered.complete(null);
    } catch (GatewayException e) {
      if (e.isFinal()) {
        // Sent again it would be refused again, for ever.
        log.warn("The gateway does not take a report, which is given up: {}", e.getMessage());
        delivered.complete(null);
      } else {
        failed(e, pauses.next(e.retryAfter()), delivered);
      }
    } catch (IOException | RuntimeException e) {
      failed(e, pauses.next(), delivered);
    }
  }

  private void failed(Exception failure, Duration pause, CompletableFuture<Void> delivered) {
    log.debug("Report not delivered, next try in {}", pause, failure);
    notBefore = System.nanoTime() + pause.toNanos();
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
