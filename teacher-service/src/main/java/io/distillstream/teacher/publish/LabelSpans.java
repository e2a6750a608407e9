package io.distillstream.teacher.publish;

import io.distillstream.teacher.queue.LogEntry;
import io.distillstream.teacher.queue.LogText;
import io.distillstream.teacher.queue.PendingText;
import io.distillstream.wire.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The spans of a window's recorded texts and dead letters, one each: from when the model began with
 * the window until its transaction ended. Used by one thread.
 */
final class LabelSpans {

  private static final String LABEL = "label";

  private final Spans spans;
  private final Instant startedAt;
  private final List<Span> open = new ArrayList<>();

  LabelSpans(Spans spans, Instant startedAt) {
    this.spans = spans;
    this.startedAt = startedAt;
  }

  /** Begins the span of a text that was labelled; answers its context. */
  SpanContext labelled(PendingText text) {
    return begin(
            text instanceof LogText logged
                ? spans.process(LABEL, logged.source())
                : spans.span(LABEL, SpanKind.INTERNAL, text.trace()))
        .getSpanContext();
  }

  /** Begins the span of a record that becomes a dead letter. */
  void deadLetter(LogEntry entry) {
    Spans.deadLetter(begin(spans.process(LABEL, entry.source())));
  }

  private Span begin(SpanBuilder builder) {
    Span span = builder.setStartTimestamp(startedAt).startSpan();
    open.add(span);
    return span;
  }

  /** The window is committed. */
  void end() {
    open.forEach(Span::end);
    open.clear();
  }

  /** The window is not committed, as far as is known. */
  void fail(String type, String description) {
    open.forEach(span -> Spans.fail(span, type, description));
    end();
  }
}
