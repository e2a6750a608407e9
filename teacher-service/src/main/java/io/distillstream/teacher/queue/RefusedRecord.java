package io.distillstream.teacher.queue;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of the request log that no teacher can answer. */
public record RefusedRecord(ConsumerRecord<String, byte[]> source, String reason)
    implements LogEntry {}
