package io.distillstream.teacher.traffic;

import io.distillstream.avro.Augmentation;
import io.distillstream.teacher.TokenizedText;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A text from the request log. */
record LogText(
    ConsumerRecord<String, byte[]> source,
    String requestId,
    String text,
    TokenizedText tokens,
    Instant receivedAt,
    @Nullable Augmentation augmentation)
    implements PendingText, LogEntry {}
