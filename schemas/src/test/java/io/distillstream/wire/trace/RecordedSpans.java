package io.distillstream.wire.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

/** Spans of OpenTelemetry's own SDK, all of them sampled, and what has ended of them. */
public final class RecordedSpans {
  private final InMemorySpanExporter ended = InMemorySpanExporter.create();
  private final Spans spans =
      new Spans(
          SdkTracerProvider.builder()
              .addSpanProcessor(SimpleSpanProcessor.create(ended))
              .build()
              .get("test"));

  public Spans spans() {
    return spans;
  }

  /** The one span that has ended. */
  public SpanData only() {
    assertThat(ended.getFinishedSpanItems()).hasSize(1);
    return ended.getFinishedSpanItems().get(0);
  }

  /** Forgets those that have ended. */
  public void reset() {
    ended.reset();
  }
}
