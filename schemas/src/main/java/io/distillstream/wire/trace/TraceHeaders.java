package io.distillstream.wire.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Trace contexts in the headers {@code traceparent} and {@code tracestate}. Whoever can write a
 * topic can write anything there, so what is not of the format, or longer than it allows, counts as
 * absent: a header is never a reason to refuse a record.
 */
public final class TraceHeaders {

  /** What the format demands that a {@code tracestate} be passed on up to. */
  private static final int LONGEST = 512;

  private static final W3CTraceContextPropagator FORMAT = W3CTraceContextPropagator.getInstance();

  private static final TextMapGetter<Function<String, @Nullable String>> GETTER =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(
            @Nullable Function<String, @Nullable String> headers, String key) {
          String value = headers == null ? null : headers.apply(key);
          return value == null || value.length() > LONGEST ? null : value;
        }
      };

  private TraceHeaders() {}

  /** The context that a record came with; invalid where there is none. */
  public static SpanContext read(Headers headers) {
    return read(key -> text(headers.lastHeader(key)));
  }

  /**
   * The context that a message of any kind came with; invalid where there is none.
   *
   * @param headers the value of a name, null where there is none
   */
  public static SpanContext read(Function<String, @Nullable String> headers) {
    return Span.fromContext(FORMAT.extract(Context.root(), headers, GETTER)).getSpanContext();
  }

  /** The same record, with a context in its headers. */
  public static ProducerRecord<String, byte[]> with(
      SpanContext context, ProducerRecord<String, byte[]> record) {
    write(context, record.headers());
    return record;
  }

  /** Adds a context to a record's headers, in place of one that is there; nothing if invalid. */
  public static void write(SpanContext context, Headers headers) {
    if (context.isValid()) {
      FORMAT.inject(
          Context.root().with(Span.wrap(context)),
          headers,
          (carrier, key, value) -> {
            if (carrier != null) {
              carrier.remove(key).add(key, value.getBytes(StandardCharsets.US_ASCII));
            }
          });
    }
  }

  /** Bytes that are not ASCII become a character that the format does not allow. */
  private static @Nullable String text(@Nullable Header header) {
    byte[] value = header == null ? null : header.value();
    return value == null || value.length > LONGEST
        ? null
        : new String(value, StandardCharsets.US_ASCII);
  }
}
