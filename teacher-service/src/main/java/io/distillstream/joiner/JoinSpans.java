package io.distillstream.joiner;

import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.trace.TraceHeaders;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The spans of one partition's requests, each from the first opinion until its example is sent.
 *
 * <p>The contexts of requests that wait are kept in memory alone: one that waits while the joiner
 * is restarted, or its partition moves, is joined all the same and begins a trace of its own. Used
 * by one thread.
 */
final class JoinSpans {

  private static final String JOIN = "join";

  private final Spans spans;
  private final String topic;
  private final Map<String, List<SpanContext>> waiting = new HashMap<>();

  /**
   * @param topic of opinions
   */
  JoinSpans(Spans spans, String topic) {
    this.spans = spans;
    this.topic = topic;
  }

  /** Takes note of what an opinion of a request came with. */
  void opinion(String requestId, Headers headers) {
    SpanContext context = TraceHeaders.read(headers);
    if (context.isValid()) {
      waiting.computeIfAbsent(requestId, absent -> new ArrayList<>(1)).add(context);
    }
  }

  /**
   * The headers of a request's example. Its span is a child of the first opinion's, and linked to
   * those of others.
   *
   * @param since when the first opinion came
   */
  Headers joined(String requestId, long since, long now) {
    List<SpanContext> opinions = waiting.remove(requestId);
    SpanContext first = opinions == null ? SpanContext.getInvalid() : opinions.get(0);
    SpanBuilder builder =
        spans
            .process(JOIN, topic, first)
            .setAttribute("messaging.kafka.message.key", requestId)
            .setStartTimestamp(since, TimeUnit.MILLISECONDS);
    if (opinions != null) {
      opinions.subList(1, opinions.size()).forEach(builder::addLink);
    }
    Span span = builder.startSpan();
    Headers headers = new RecordHeaders();
    TraceHeaders.write(span.getSpanContext(), headers);
    span.end(now, TimeUnit.MILLISECONDS);
    return headers;
  }

  /**
   * Says that a record became a dead letter.
   *
   * @param topic that it was read from
   */
  void deadLetter(String topic, Headers headers) {
    Span span = spans.process(JOIN, topic, TraceHeaders.read(headers)).startSpan();
    Spans.deadLetter(span);
    span.end();
  }
}
