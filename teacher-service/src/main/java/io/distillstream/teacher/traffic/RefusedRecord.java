package io.distillstream.teacher.traffic;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of the request log that no teacher can answer. */
record RefusedRecord(ConsumerRecord<String, byte[]> source, String reason) implements LogEntry {}
