package io.distillstream.runtime.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * The bound of the queue ahead of the batches. The batches' own queue drops what it has no room for
 * as well, but says so only in a metric of OpenTelemetry's; what is counted in here never meets it.
 */
final class WaitingSpans {

  private final SpanProcessor batches;
  private final ReportingExporter exporter;
  private final int most;

  /**
   * @param batches whose queue has room for {@code most}; owned
   * @param exporter that the batches go to
   */
  WaitingSpans(SpanProcessor batches, ReportingExporter exporter, int most) {
    this.batches = batches;
    this.exporter = exporter;
    this.most = most;
  }

  /** Takes the spans of a service, and tells its listener of those that it loses. */
  SpanProcessor of(String service, ExportListener listener) {
    exporter.listen(service, listener);
    return new OfService(listener);
  }

  CompletableResultCode shutdown() {
    return batches.shutdown();
  }

  private final class OfService implements SpanProcessor {

    private final ExportListener listener;

    OfService(ExportListener listener) {
      this.listener = listener;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      if (!span.getSpanContext().isSampled()) {
        return;
      }
      if (exporter.waiting().incrementAndGet() > most) {
        exporter.waiting().decrementAndGet();
        listener.dropped(1);
      } else {
        batches.onEnd(span);
      }
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
