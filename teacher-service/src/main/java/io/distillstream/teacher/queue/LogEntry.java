package io.distillstream.teacher.queue;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of the request log that leaves a trace: a soft label or a dead letter. */
public sealed interface LogEntry permits LogText, RefusedRecord {

  ConsumerRecord<String, byte[]> source();
}
