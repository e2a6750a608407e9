package io.distillstream.teacher.traffic;

import io.distillstream.teacher.TokenizedText;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A text from the request log. */
record LogText(
    ConsumerRecord<String, byte[]> source,
    String requestId,
    String text,
    TokenizedText tokens,
    Instant receivedAt)
    implements PendingText, LogEntry {}
