package io.distillstream.teacher.queue;

import io.distillstream.avro.Augmentation;
import io.distillstream.wire.trace.TraceHeaders;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A text from the request log.
 *
 * @param size what it costs the teacher to answer
 */
public record LogText(
    ConsumerRecord<String, byte[]> source,
    String requestId,
    String text,
    int size,
    Instant receivedAt,
    @Nullable Augmentation augmentation)
    implements PendingText, LogEntry {

  @Override
  public SpanContext trace() {
    return TraceHeaders.read(source.headers());
  }
}
