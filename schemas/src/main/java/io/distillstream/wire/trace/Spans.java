package io.distillstream.wire.trace;

import io.distillstream.wire.transaction.FencedException;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The spans of one stage, with the attributes that OpenTelemetry's semantic conventions for
 * messaging have for Kafka. No span holds the text of a request. Thread-safe.
 */
public final class Spans {

  /** Name of the instrumentation scope. */
  public static final String SCOPE = "io.distillstream";

  private static final Spans NONE = new Spans(TracerProvider.noop().get(SCOPE));

  private final Tracer tracer;

  public Spans(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Of a stage that is not traced: a span has its parent's context, which so is passed on. */
  public static Spans none() {
    return NONE;
  }

  /**
   * A span to be started.
   *
   * @param parent invalid where a trace may begin with this span
   */
  public SpanBuilder span(String name, SpanKind kind, SpanContext parent) {
    return tracer
        .spanBuilder(name)
        .setSpanKind(kind)
        .setParent(Context.root().with(Span.wrap(parent)));
  }

  /** The span of what a stage does with a record, whose headers name its parent. */
  public SpanBuilder process(String name, ConsumerRecord<String, byte[]> record) {
    SpanBuilder span =
        process(name, record.topic(), TraceHeaders.read(record.headers()))
            .setAttribute("messaging.destination.partition.id", "" + record.partition())
            .setAttribute("messaging.kafka.offset", record.offset());
    return record.key() == null
        ? span
        : span.setAttribute("messaging.kafka.message.key", record.key());
  }

  /** The span of what a stage does with one record of a topic, or with several. */
  public SpanBuilder process(String name, String topic, SpanContext parent) {
    return messaging(name, "process", SpanKind.CONSUMER, topic, parent);
  }

  /** The span of a publication. */
  public SpanBuilder send(String name, String topic, SpanContext parent) {
    return messaging(name, "send", SpanKind.PRODUCER, topic, parent);
  }

  private SpanBuilder messaging(
      String name, String operation, SpanKind kind, String topic, SpanContext parent) {
    return span(name, kind, parent)
        .setAttribute("messaging.system", "kafka")
        .setAttribute("messaging.operation.name", name)
        .setAttribute("messaging.operation.type", operation)
        .setAttribute("messaging.destination.name", topic);
  }

  /** Marks the span of a record that cannot be used. */
  public static void deadLetter(Span span) {
    fail(span, "dead_letter", "the record went to dead-letters, where its headers say why");
  }

  /** Marks the span of a publication that was not committed. */
  public static void notPublished(Span span, Exception thrown, String description) {
    fail(span, thrown instanceof FencedException ? "fenced" : "not_published", description);
  }

  /**
   * Marks a span as failed.
   *
   * @param type of the error, one of few
   * @param description for people; holds nothing of a request
   */
  public static void fail(Span span, String type, String description) {
    span.setAttribute("error.type", type);
    span.setStatus(StatusCode.ERROR, description);
  }
}
