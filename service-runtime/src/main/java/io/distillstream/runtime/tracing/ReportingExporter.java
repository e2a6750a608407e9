package io.distillstream.runtime.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what becomes of spans: the listener of each service, and the log where they are lost. */
final class ReportingExporter implements SpanExporter {

  private static final Logger log = LoggerFactory.getLogger(ReportingExporter.class);

  /** A collector that is away is one line, and again one as often as this. */
  private static final Duration WARN_EVERY = Duration.ofMinutes(10);

  private final SpanExporter exporter;
  private final URI endpoint;
  private final Map<String, ExportListener> listeners = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private long nextWarning = System.nanoTime();

  /**
   * @param exporter owned
   */
  ReportingExporter(SpanExporter exporter, URI endpoint) {
    this.exporter = exporter;
    this.endpoint = endpoint;
  }

  void listen(String service, ExportListener listener) {
    listeners.put(service, listener);
  }

  /** Spans that were taken in and not handed over to be sent. */
  AtomicInteger waiting() {
    return waiting;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    waiting.addAndGet(-spans.size());
    // The collection may be another one's by the time that the result is known.
    Map<String, Integer> numbers =
        spans.stream()
            .collect(Collectors.toMap(ReportingExporter::service, span -> 1, Integer::sum));
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> settle(numbers, result));
  }

  private void settle(Map<String, Integer> numbers, CompletableResultCode result) {
    numbers.forEach(
        (service, spans) -> {
          ExportListener listener = listeners.getOrDefault(service, ExportListener.NONE);
          if (result.isSuccess()) {
            listener.exported(spans);
          } else {
            listener.dropped(spans);
          }
        });
    if (!result.isSuccess()) {
      warn(result.getFailureThrowable());
    }
  }

  private synchronized void warn(@Nullable Throwable thrown) {
    if (System.nanoTime() - nextWarning >= 0) {
      nextWarning = System.nanoTime() + WARN_EVERY.toNanos();
      log.warn(
          "Spans cannot be exported to {} ({}) and are dropped, which stops nothing else: {}",
          endpoint,
          ExportPlan.ENDPOINT_KEY,
          reason(thrown));
    }
  }

  /** The exporter wraps what went wrong on the way; a refusal has no cause. */
  private static String reason(@Nullable Throwable thrown) {
    Throwable cause = thrown == null ? null : thrown.getCause();
    if (cause == null) {
      return "the collector refuses them";
    }
    return cause instanceof ConnectException ? "nobody listens there" : cause.toString();
  }

  private static String service(SpanData span) {
    return Objects.requireNonNullElse(span.getResource().getAttribute(SpanExport.SERVICE), "");
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
